"""Pages of administrators: what is declared, who may ask, who is told, and what was done.

The way through it: `declare` changes what is declared, `declared_things` shows it, with its `declared_history`; `users` and `keys` say who
may ask, `webhooks` who is told; `deeds` has who did what.
"""
