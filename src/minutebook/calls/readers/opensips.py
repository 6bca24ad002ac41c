"""OpenSIPS: rows of db_flatstore, a transaction a row, in one file for each process.

The INVITE and the BYE of a call are routinely in different files: import them together, or one
after the other; what has no other half yet waits in quarantine as `unpaired`.

The order is `method|from_tag|to_tag|callid|sip_code|sip_reason|time`, then the columns that the
proxy's `extra_fields` name, then, where it accounts whole calls, `setuptime|created|duration|
ms_duration`. Rows have no header, so `options = { extra = ["src_user", "dst_user", …] }` names
the columns after `time`; without it the set of CGRateS (`*prepaid|account|destination|subject|
dlg_id`) and rows without extra columns are known by their shape, and others are kept in `meta`.
`options.delimiter` where it is not `|`. The milliseconds price where a row has them; `duration`
is of seconds that the proxy has rounded up (docs/rules/records.md, "Transactions of a proxy").
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.parsing import delimited
from minutebook.calls.parsing.columns import Columns
from minutebook.calls.parsing.last_line import Lines, row_taken
from minutebook.calls.parsing.layouts import assembled, unnamed, with_some_rows
from minutebook.calls.parsing.transactions import CDR, CORE, records_of
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from minutebook.calls.parsing.table import Broken, Table
    from minutebook.calls.source import Source

USUAL = {
    **{name: (name,) for name in (*CORE, *CDR) if name != "sip_reason"},
    "account_code": ("account_code", "accountcode", "account", "acc_code", "account_id"),
    "caller": ("src_user", "caller", "from_user", "subject", "src"),
    "leg": (),
    "duration_ms": (),
}
"""The names of columns that a proxy's accounting gives, and what they mean."""
_CGRATES = ("request_type", "account", "destination", "subject", "dlg_id")
_MOST_COLUMNS = 64
_METHOD = r"^[A-Z]{3,12}$"
_CODE = r"^[1-6][0-9]{2}$"
_EPOCH = r"^[0-9]{9,11}$"
_WHOLE = r"^[0-9]{1,10}$"


class OpensipsReader:
    """Files of db_flatstore."""

    name = "opensips"
    pairs = True

    def sniff(self, head: bytes) -> bool:
        lines = [line for line in head.decode(errors="replace").split("\n") if line.strip()][:5]
        cut = [line.split("|") for line in lines]
        return any(
            len(values) >= len(CORE)
            and values[0].isalpha()
            and values[0].isupper()
            and len(values[4]) == 3  # noqa: PLR2004 - digits of a SIP code
            and values[4].isdigit()
            for values in cut
        )

    def tables(self, path: Path, source: Source) -> Iterator[Table]:
        delimiter = source.options.get("delimiter", "|")
        if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '\n"':
            raise InputError(f"source {source.name}: options.delimiter is one character")
        dialect = delimited.Dialect(delimiter, quote=None)
        lines = Lines(path, source, row_taken)
        yield from with_some_rows(_tables(lines, dialect, _extra(source)), "OpenSIPS", path)
        yield from lines.left()

    def records(self, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
        return records_of(frame, Columns(frame.columns, source, USUAL), source)


def _tables(
    blocks: Iterable[bytes], dialect: delimited.Dialect, extra: tuple[str, ...] | None
) -> Iterator[Table]:
    for part in delimited.parsed(
        blocks, dialect, lambda width: len(CORE) <= width <= _MOST_COLUMNS
    ):
        broken = list(part.broken)
        named = []
        for rows in part.rows:
            named += _named(rows, extra, dialect.delimiter, broken)
        yield replace(assembled(named, broken), pairs=True)


def _extra(source: Source) -> tuple[str, ...] | None:
    extra = source.options.get("extra")
    if extra is None:
        return None
    names = (*CORE, *extra, *CDR) if isinstance(extra, list | tuple) else ()
    if not names or not all(isinstance(n, str) for n in names) or len(set(names)) < len(names):
        raise InputError(
            f"source {source.name}: options.extra is a list of different names, of the columns "
            "after the time"
        )
    return tuple(extra)


def _named(
    rows: delimited.RowsOfWidth, extra: tuple[str, ...] | None, delimiter: str, broken: list[Broken]
) -> list[delimited.RowsOfWidth]:
    """Rows of one width under their names; those that have no method and code are broken."""
    frame = rows.frame
    sound = frame.select(
        pl.col("0").str.contains(_METHOD).fill_null(value=False)
        & pl.col("4").str.contains(_CODE).fill_null(value=False)
    ).to_series()
    other = delimited.RowsOfWidth(frame.filter(~sound), rows.lines.filter(~sound))
    broken += unnamed(other, delimiter, "has no SIP method and code where they should be")
    found = []
    left = sound
    for names, fits in _layouts(rows.width, extra):
        mask = left & frame.select(fits.fill_null(value=False)).to_series()
        left = left & ~mask
        if mask.any():
            part = delimited.RowsOfWidth(frame.filter(mask), rows.lines.filter(mask))
            found.append(part.named(list(names)))
    other = delimited.RowsOfWidth(frame.filter(left), rows.lines.filter(left))
    broken += unnamed(
        other, delimiter, f"has {rows.width} columns, not what options.extra or CGRateS says"
    )
    return found


def _layouts(width: int, extra: tuple[str, ...] | None) -> list[tuple[tuple[str, ...], pl.Expr]]:
    """Names that rows of a width may have, and the rows that they fit."""
    more = width - len(CORE)
    always = pl.lit(value=True)
    if extra is not None:
        tails = {len(extra): (), len(extra) + 2: CDR[:2], len(extra) + len(CDR): CDR}
        return [((*CORE, *extra, *tails[more]), always)] if more in tails else []
    layouts = [((*CORE, *(f"extra_{i + 1}" for i in range(more))), always)]
    if more == len(CDR):
        whole = pl.all_horizontal(
            pl.col(str(len(CORE) + i)).str.contains(_EPOCH if name == "created" else _WHOLE)
            for i, name in enumerate(CDR)
        )
        layouts.insert(0, ((*CORE, *CDR), whole))
    if more > len(_CGRATES):  # a bar within a value: which is what cannot be told
        layouts = [(names, ~_of_cgrates()) for names, _ in layouts]
    if more == len(_CGRATES):
        # ends of calls have the same columns, empty but for the last
        bye = pl.col("0").is_in(["BYE", "ACK", "CANCEL"])
        layouts.insert(0, ((*CORE, *_CGRATES), _of_cgrates() | bye))
    return layouts


def _of_cgrates() -> pl.Expr:
    """Rows whose first column after the time is CGRateS's type of request."""
    return pl.col(str(len(CORE))).str.contains(r"^\*[a-z_]+$").fill_null(value=False)


READER = OpensipsReader()
