"""The requests of the API; each is a call of the library, and the model that a command prints of what that gives.

The way through it: a module holds a kind, as its `router`: `accounts` and `account_use`, `calls` (and charges), `records` (imports, sources, the
quarantine, corrections), `prices` (and plans), `cards`, `providers` (and routes), `money` (the journal, the margin), `overview` (what needs a person,
months, totals), `postings` (payments, adjustments, another plan), `disputes`, `reports` (files to be sent on), `jobs` (runs, imports), `administration` (audit, what is declared, users, keys), `webhooks`, `health`.
`changes` holds what changes something. What a route is
asked with is read by `api.asked` and let in by `api.entry`; its `responses` are its shapes.
"""
