"""The requests of the API; each is a call of the library, and the model that a command prints of what that gives.

A module holds a kind, and its `router`: `accounts`, `calls` (and charges), `prices` (and plans), `money` (journal and margin), `health`.

The way through it: a route's arguments are read by `api.asked` and let in by `api.entry`; its `responses` are its shapes.
"""
