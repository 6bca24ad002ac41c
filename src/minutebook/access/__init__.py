"""Who may ask a book over the network, and what.

Pure. A *key* is held by a program: shown once, kept as a hash, revoked and never changed. A *user* is a person, with a password, perhaps a
second factor, and sessions. A *role* says what either may ask; that of a customer is for one account. Nothing here knows of requests: the doors
(`api`) do.

The way through it: `roles` says which role has which right, `job_rights` what jobs need; a `key` is made and opened there; a `user` has a `password` and perhaps a
`second_factor`, and a `session` once signed in. The book keeps them (`accounts.access_keys`, `people`).
"""
