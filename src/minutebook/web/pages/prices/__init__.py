"""Pages of plans and rate cards: what calls cost, and decks that say what they shall cost.

The way through it: `prices` has plans, cards and what a call would cost, `routes` by whom it is best sent, `decks` takes a deck in, read as `deck_reading` is told,
`card_revisions` takes what it says live.
"""
