"""A book's lake, ledger and settings, taken together into a folder, and made a book again.

A backup holds `ledger/TABLE.csv.gz`, `lake/…` as in the book, `settings.toml`, and `backup.json`, which
names them all with their hashes and is written last: a folder without it is no backup. The ledger is
taken first, in one snapshot, then the lake: it never lacks a call that the ledger has priced.
Nothing here overwrites what is there. Instants are handed in.

The way through it: `manifest` is what `backup.json` says; `take_backup` makes one,
`restore_backup` a book of one.
"""
