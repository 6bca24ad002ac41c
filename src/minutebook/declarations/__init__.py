"""What a carrier declares: the grammar of apply files, and how a file changes what is declared.

Pure. A file is merged whole or refused with its line; it removes nothing that it does not name. Days
are UTC days, and a term or a plan's revision holds from the beginning of its day.

The way through it: `document`, `plan_table` and `card_table` are the grammar, `values` its words, `toml_lines`
where each stands; `merge` changes a `carrier`, a `change` at a time, which `checks` looks over in the
end, and `accounts.apply` does it to a book. `overlaps` finds match tables that compete for calls. Backwards, `declared` writes all of it as an apply file, by `to_tables` and `to_toml`;
`bodies` are declarations as JSON, as the ledger keeps them; `standing` is a plan or a source for people.
"""
