"""How many channels traffic needs.

The way through it: `model` is what programs get, `words` are its sentences, `report` is its page, of
`parts` that a review's page shares.
"""
