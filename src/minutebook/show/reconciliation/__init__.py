"""A reconciliation in words, JSON and as a page.

The way through it: `model` is its JSON, `words` says what was found (`line_words` of an invoice's
lines), `report` makes the page.
"""
