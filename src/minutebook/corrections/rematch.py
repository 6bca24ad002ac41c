"""Whose calls are, asked again after match tables were wrong (docs/rules/corrections.md, "Match tables again")."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.identify import identified
from minutebook.corrections.changing import BY_CORRECTION
from minutebook.corrections.recording import carried_out, drafted
from minutebook.lake.correcting import TRACED_SCHEMA, traced
from minutebook.ledger import declarations
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from minutebook.calls.identify import Directory
    from minutebook.corrections.recording import Corrected, Desk, Draft
    from minutebook.lake.lake import Lake, LakeFile
    from minutebook.ledger.connection import Connection

_BY_NAME = ("account", BY_CORRECTION)
"""What named the account of a call that no match table is asked about."""
_NOW = {"\0account": "account", "\0matched_by": "matched_by"}
"""Columns beside a call: what it would be now."""


def rematch(
    desk: Desk, first: date, last: date, reason: str, *, dry_run: bool = False
) -> Corrected:
    """Give the calls of some UTC days to the accounts that the match tables name now.

    Calls whose record names the account, or that a person moved, stay; so do those that no table, or
    several, would take now, which the result counts.
    """
    why = reason_kept(reason, "a correction")
    said = {"rematch": True, "from": first.isoformat(), "to": last.isoformat()}

    def draft(connection: Connection) -> Draft:
        directory = declarations.load(connection).directory()
        moved = [pl.DataFrame(schema=TRACED_SCHEMA | dict.fromkeys(_NOW, pl.String()))]
        nowhere: Counter[str] = Counter()
        files = [f for f in desk.lake.snapshot().files if first <= f.day <= last]
        for _, of_day in groupby(files, key=lambda file: file.day):
            moved.append(_moved(desk.lake, list(of_day), directory, nowhere))
        before = pl.concat(moved)
        after = before.with_columns(
            *(pl.col(now).alias(name) for now, name in _NOW.items()), void=pl.lit(value=False)
        )
        return drafted(desk, connection, before.drop(_NOW), after.drop(_NOW), said, why, nowhere)

    return carried_out(desk, draft, dry_run=dry_run)


def _moved(
    lake: Lake, files: Sequence[LakeFile], directory: Directory, nowhere: Counter[str]
) -> pl.DataFrame:
    """The calls of a day that are another account's now, with whose."""
    by_table = ~pl.col("matched_by").is_in(_BY_NAME)
    calls = traced(lake, files).filter(by_table.fill_null(value=True)).collect(engine="streaming")
    asked = calls.with_columns(
        account=pl.lit(None, pl.String),
        reason=pl.lit(None, pl.String),
        detail=pl.lit(None, pl.String),
    )
    now = identified(asked, directory).select("account", "matched_by", "reason")
    nowhere.update(now["reason"].drop_nulls())
    another = now["account"].is_not_null() & (now["account"] != calls["account"])
    return calls.with_columns(now[name].alias(beside) for beside, name in _NOW.items()).filter(
        another
    )
