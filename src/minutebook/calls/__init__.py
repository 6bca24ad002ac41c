"""What a call record says, whatever switch wrote it.

A record becomes one row of `schema.RECORD_SCHEMA`, and once it is known whose it is, of
`CALL_SCHEMA`. Nothing is guessed: a record that cannot be understood or placed keeps a `Reason`.
Times are instants in UTC, to the microsecond; a local time becomes one by the zone of its source,
or is set aside where the clocks say it twice or never. Pure, but for the opening of files.

The way through it: `readers` give records, by means that they share (`parsing`); `check` holds each
to the laws of every record; `numbers` makes E.164 of what was dialled; `identify` says whose call it
is. `source` is what a carrier declares of a stream of records.
"""
