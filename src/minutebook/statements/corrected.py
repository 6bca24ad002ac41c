"""What was corrected of a call, from its record on (docs/rules/corrections.md, "What stays to be seen")."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from minutebook.calls.schema import IDENTITY
from minutebook.lake.correcting import as_recorded, calls_changed
from minutebook.ledger import corrections
from minutebook.ledger.corrections import IMPORT
from minutebook.statements.steps import CorrectedBy, TakenBack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    import polars as pl

    from minutebook.lake.lake import Lake
    from minutebook.ledger.corrections import Correction
    from minutebook.ledger.database import Database


Spell: TypeAlias = "tuple[datetime, datetime | None]"
"""From an instant until another (None: still)."""


@dataclass(frozen=True, slots=True)
class CallHistory:
    """What was corrected of the call of an identity: `made`, in order; the lake's `files` that held it; and
    the `records` of it that do not count, each with what took it back."""

    made: list[CorrectedBy] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    records: list[tuple[dict[str, Any], TakenBack | CorrectedBy]] = field(default_factory=list)
    out: list[Spell] = field(default_factory=list)
    """When the call was void."""
    imports_out: dict[str, list[Spell]] = field(default_factory=dict)
    """When the import of a record was taken back."""

    moved: list[tuple[datetime, str, str]] = field(default_factory=list)
    """When the call became another account's, whose it was, and whose it is since; in order."""

    def counted_at(self, record: Mapping[str, Any], at: datetime | None) -> bool:
        """Whether a record of the call was billed at an instant (None: now)."""
        out = [*self.out, *self.imports_out.get(record.get("import") or "", ())]
        return not any(
            until is None if at is None else since <= at and (until is None or at < until)
            for since, until in out
        )

    def account_at(self, record: Mapping[str, Any], at: datetime | None) -> str:
        """Whose the call was at an instant (None: now)."""
        account: str = self.moved[0][1] if self.moved else record["account"]
        for since, _, new in self.moved:
            if at is None or since <= at:
                account = new
        return account

    def former_accounts(self, record: Mapping[str, Any]) -> list[str]:
        """Whose else it was, in order."""
        every = dict.fromkeys(account for _, *both in self.moved for account in both)
        return [account for account in every if account != record["account"]]


def call_histories(
    database: Database, lake: Lake, call_id: str, found: pl.DataFrame
) -> dict[tuple[str, ...], CallHistory]:
    """By identity, what was corrected of the calls of an id; `found` are those that count."""
    with database.transaction() as connection:
        every = corrections.everything(connection)
    histories: dict[tuple[str, ...], CallHistory] = {}
    if not every:
        return histories
    for correction in every:
        if correction.folder is None:
            continue
        for row in calls_changed(lake.location, correction.folder, call_id).iter_rows(named=True):
            history = histories.setdefault(_identity(row), CallHistory())
            history.files.add(row["data_file"])
            history.made.append(_corrected_by(correction, row))
            spell = _spell(correction, every)
            if history.made[-1].void:
                history.out.append(spell)
            history.moved.extend(_moves(history.made[-1], spell))
    for history in histories.values():
        history.moved.sort(key=lambda move: move[0])
    counted = {_identity(row) for row in found.iter_rows(named=True)}
    undone = {c.import_id: c for c in every if c.kind == IMPORT and c.undone_by is None}
    for record in as_recorded(lake, call_id).iter_rows(named=True):
        history = histories.setdefault(_identity(record), CallHistory())
        history.imports_out[record["import"] or ""] = [
            _spell(one, every)
            for one in every
            if one.kind == IMPORT and one.import_id == record["import"]
        ]
        if (back := undone.get(record["import"])) is not None:
            step = TakenBack(back.number, back.at, back.by, back.reason, str(back.import_id))
            history.records.append((record, step))
        elif _identity(record) not in counted and history.made:
            history.records.append((record, history.made[-1]))
    return histories


def _spell(correction: Correction, every: Iterable[Correction]) -> Spell:
    """When a correction was in force."""
    assert correction.at is not None  # it was made
    ends = [one.at for one in every if one.number == correction.undone_by]
    return correction.at, ends[0] if ends else None


def _moves(made: CorrectedBy, spell: Spell) -> list[tuple[datetime, str, str]]:
    """Where a correction says that the call is another account's: there, and back when it was undone."""
    since, until = spell
    moves = []
    for name, was, new in made.changes:
        if name == "account":
            moves.append((since, str(was), str(new)))
            if until is not None:
                moves.append((until, str(new), str(was)))
    return moves


def _identity(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[part] for part in IDENTITY)


def _corrected_by(correction: Correction, row: dict[str, Any]) -> CorrectedBy:
    before = json.loads(row["before"])
    after = None if row["after"] is None else json.loads(row["after"])
    changes = tuple(
        (name, was, after[name]) for name, was in before.items() if after and after[name] != was
    )
    return CorrectedBy(
        correction.number,
        correction.at,
        correction.by,
        correction.reason,
        changes,
        after is None,
        correction.undone_by,
    )
