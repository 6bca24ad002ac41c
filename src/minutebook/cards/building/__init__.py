"""Sale cards that are built from other cards: what a recipe makes of their prices.

Pure. A recipe is a function on price surfaces: for any number, the built price is what it makes of what each
parent charges for that number (docs/rules/building.md, "Build").

The way through it: `build` makes a deck of a recipe and its `parents`, whose rows and terms are read there; `surface`
computes each prefix, on the `tree` of all prefixes, with the rule of profit that `rules` finds; `simplify` takes out
the rows that change nothing, and proves it. Classes of calls (bands, jurisdictions, origins, callers) that a card keeps are told by `kept`, and `class_prices`
has a column for each. `changes` holds two decks against each other; `explain` says
how one price was made.
"""
