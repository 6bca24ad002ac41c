"""The requests of the API; each is a call of the library, and the model that a command prints of what that gives.

The way through it: a module holds a kind, as its `router`: `accounts`, `calls` (and charges), `prices` (and plans), `money` (the
journal, the margin), `postings` (payments, adjustments, another plan), `jobs` (runs, imports), `health`. What a route is asked with is read by `api.asked` and let in by `api.entry`; its `responses` are its shapes.
"""
