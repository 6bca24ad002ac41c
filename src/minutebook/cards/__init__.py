"""What a minute costs: decks, prefixes, revisions, and the terms that rows and cards state.

Pure: a deck's file is read, and no store is touched. A deck is understood whole or refused with its
line; prices are integers of 10⁻¹⁰, never floats. The longest prefix wins. A revision is never edited;
which one is in force at an instant of UTC follows from the instants at which revisions were taken live.

The way through it: `deck_reading` says how a deck is to be read (as it is kept by a name: `deck_profile`), and `decks` reads it: `deck_files` its rows, `deck_columns` what its columns mean (by
`deck_told`, `deck_search`, `deck_headings`, `deck_fields`, `deck_questions`, `deck_currencies` and `deck_words`), `deck_cells` and `deck_prefixes` what its cells say,
`deck_decimals` whether commas are decimal, `deck_dates` from when rows hold, `deck_formats` what a sheet shows beside them, `deck_places` where in it a cell stands, `deck_bands` their prices by the time of
the week, by jurisdiction, origin or caller, or by several of these (`classes`, `combined`), and `deck_classes` which of them holds. `tariff` has the terms of a row and a card, `terms_told` reads what options say of them; `prefixes` is the index of
longest prefixes, by `number_key`; `revision` says which revision holds when, `declared_card` what is declared of a card, `recipe` how one is built, which `building` does;
`countries` tells a prefix's country; `difference` what changes from one to another.
"""
