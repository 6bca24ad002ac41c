"""Advisory locks: what only one at a time may do, each held to the end of its transaction."""

RUN = "minutebook run"
"""Billing, declaring, closing a month, proving the book."""

POSTING = "minutebook posting"
"""Posting payments and adjustments by hand, and closing a month."""
