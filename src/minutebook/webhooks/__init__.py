"""Telling others what happens: events of the ledger, signed, by HTTP, until they are taken (docs/engineer/webhooks.md).

An event is kept by the ledger in the transaction in which it happens; here is where it is told to, and how.

The way through it: `hooks` adds, lists and removes webhooks and changes their secrets; `signature` signs what is sent, `posted` sends it, and `deliver` does so with all
that is due, again where it was not taken.
"""
