"""Files and tables of call records into the lake, and decks into cards: all of them, or none.

Whatever is read is added, is a duplicate, waits in quarantine, or refuses the whole import by name:
the counts add up. Taking the same in again adds nothing. Instants are UTC.

The way through it: `intake` reads (`reading`, ahead of the work by `ahead`), pairs `halves` of
calls, sorts records by what becomes of them (`collecting`), and commits; `raw` keeps rows as they
came, for the quarantine, and `waiting_accounts` tells whose they would be. `rate_cards` takes a deck in as a card's next revision, which `deck_parts` makes of its rows. `each`
takes files in one by one; `import_preview` shows how a file would be read.
"""
