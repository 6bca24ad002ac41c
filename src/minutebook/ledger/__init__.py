"""The money's store: PostgreSQL, double entry, append-only. The only place for SQL.

Each journal sums to zero in each currency and is never changed or removed, which the database
itself holds; balances are sums. Functions take a connection within a transaction and decide
nothing. Instants are `timestamptz` in UTC, days are UTC days.

The way through it: `database` opens (`embedded` starts, `migrate` brings up to date, `pool` lends
connections) and gives transactions and snapshots, under `locks`; `journal` posts and reads;
`balances` sums; `runs`, `tallies`, `priced_days`, `channel_peaks` and `months` keep what runs found;
`declarations` and `card_revisions` what is declared, and `change_log` who said it; `parked`, `statuses` and
`memos` keep the rest; `access_keys`, `users`, `user_secrets`, `user_sessions` and `sign_in_tries` who may ask; `deeds` tells who did all of it. `copy_ledger` takes all of it for a backup.
"""
