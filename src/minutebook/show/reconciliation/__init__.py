"""A reconciliation in words, JSON and as a page; of calls, and of an invoice's lines (`line_words`)."""
