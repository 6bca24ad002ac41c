"""The calls' store: Delta tables of Parquet files, one partition a UTC day, and what lies beside them.

Files are added and never changed; every write is fsynced before the log names it, and a commit
holds all of an import or nothing. A call is in it once, by its identity. Times are instants in UTC,
microseconds; the day is that of the answer, or of the setup.

The way through it: `staging` writes an import's calls by day; `dedupe` leaves out what is known (by
`hashes`, or by `comparing`, `twins` and `unnamed_twins`, through `spill`), `duplicates` finds what is there twice all the same; `sources` tells what stands under another
source; `call_ids` tells where an id stands; `delta` writes the log, `delta_log` opens it; `lake` reads a `snapshot`, whose files `proving`
proves. `quarantine` keeps the records set aside, `card_store` the prices of card revisions. `copy_lake`
takes all of it for a backup; `parquet` writes files whole, `scans` reads them as frames; `private` closes it to others.
"""
