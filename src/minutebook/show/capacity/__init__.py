"""How many channels traffic needs, in words and as a page; `parts` are shared with a review's page."""
