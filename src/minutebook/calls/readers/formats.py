"""The formats that Minutebook reads by itself: the one list, from which all others are made.

A format is a module here of the same name, with a `READER`. What a package adds: `plug_ins`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name in `import FORMAT`, what people call it, and which files it is.

    `options` are what `options` of a source can say of it; `columns` goes with every format.
    """

    name: str
    title: str
    files: str
    options: tuple[str, ...] = ()


BUILT_IN = (
    Format("minutebook", "a format of its own", "CSV with a header, JSON lines, Parquet"),
    Format(
        "asterisk",
        "Asterisk",
        "Master.csv of cdr_csv; cdr_custom; reports and dumps of the cdr table",
        ("column_17", "fields", "omit", "dates", "whole_minutes"),
    ),
    Format(
        "freeswitch",
        "FreeSWITCH",
        "CSV templates of mod_cdr_csv; documents of mod_json_cdr",
        ("template", "fields", "legs", "encoded", "dates", "whole_minutes"),
    ),
    Format(
        "kamailio",
        "Kamailio",
        "tables acc_cdrs and acc as CSV with a header; lines of acc_json",
        ("start",),
    ),
    Format("opensips", "OpenSIPS", "files of db_flatstore", ("extra", "delimiter")),
    Format("connexcs", "ConnexCS", "exports of calls as CSV with a header"),
)
"""In the order in which they are shown."""

NAMES = tuple(format.name for format in BUILT_IN)
AUTO = "auto"
"""What stands for a format where a file is to be recognised by itself."""
LIST, UNDO, AGAIN = "list", "undo", "again"
"""What `import` does with imports that were made: words in a format's place, and no format's names."""
