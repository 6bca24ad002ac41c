"""How many channels traffic needs, in words and as a page."""
