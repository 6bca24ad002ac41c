"""An import taken back, and corrections undone (docs/rules/corrections.md, "An import taken back" and
"A correction undone").
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import IDENTITY
from minutebook.corrections.imports import import_named, imports
from minutebook.corrections.recording import ACCEPT, Draft, carried_out
from minutebook.errors import InputError
from minutebook.lake.correcting import calls_changed
from minutebook.lake.corrections import IMPORT_OF_PATH
from minutebook.lake.lake import as_files
from minutebook.ledger import corrections
from minutebook.ledger.corrections import CALLS, IMPORT, UNDO, Correction
from minutebook.ledger.locks import RUN
from minutebook.words import reason_kept

if TYPE_CHECKING:
    from minutebook.corrections.imports import Import
    from minutebook.corrections.recording import Corrected, Desk
    from minutebook.ledger.connection import Connection


def undo_import(
    desk: Desk, begin: str, reason: str, *, dry_run: bool = False, to_read_again: bool = False
) -> Corrected:
    """Take an import back, by its id or the beginning of it: its calls count no longer, what of it waits in
    quarantine waits no longer, and its files can come in anew.

    One that is taken back already stays so, and nothing changes. `to_read_again`: nobody bills until its
    files are in anew (`ledger.corrections.end_reading`).
    """
    why = reason_kept(reason, "a correction")
    meant = import_named(desk, begin)

    def draft(connection: Connection) -> Draft:
        if meant.undone is not None:
            return Draft(None, {}, meant.added)
        if to_read_again:
            corrections.begin_reading(connection, meant.id)
        return drafted_undo(desk, connection, meant, why)

    with desk.database.held(RUN), desk.lake.writing():
        result = carried_out(desk, draft, dry_run=dry_run)
        if not dry_run:
            recorded = recorded_by_import(desk, meant.id).select("source", "file", "line")
            undone = _events_undone(desk)
            desk.quarantine.withdraw(meant.event, recorded.collect(), undone)
            desk.quarantine.wait_again(records_accepted(desk, meant.id), undone)
    return result


def drafted_undo(desk: Desk, connection: Connection, meant: Import, reason: str) -> Draft:
    """What takes an import back, with whose calls it had."""
    calls = (
        recorded_by_import(desk, meant.id)
        .group_by("account", "day")
        .len()
        .collect(engine="streaming")
    )
    whose: Counter[str] = Counter()
    for account, _, number in calls.iter_rows():
        whose[account] += number
    days, lost = set(calls["day"]), 0
    for correction in corrections.in_force(connection):
        if correction.folder is not None and days & set(correction.days):
            changes = calls_changed(desk.lake.location, correction.folder)
            own = changes.filter(pl.col("import") == meant.id)
            if own.height:
                lost += own.height
                days |= set(correction.days)
                whose.update(dict.fromkeys(correction.accounts, 0))
    new = Correction(
        kind=IMPORT,
        reason=reason,
        by=desk.by,
        said={"import": meant.id, "files": list(meant.files)},
        calls=meant.added,
        days=tuple(days),
        accounts=tuple(whose),
        import_id=meant.id,
    )
    return Draft(new, whose, with_it=lost)


def recorded_by_import(desk: Desk, import_id: str) -> pl.LazyFrame:
    """The calls of an import, as they were recorded."""
    files = desk.lake.snapshot().everything.filter(import_id == IMPORT_OF_PATH)
    return desk.lake.scan(as_files(files))


def undo_correction(desk: Desk, number: int, reason: str, *, dry_run: bool = False) -> Corrected:
    """Take a correction, or the taking back of an import, back: all is as it was before.

    `InputError` where a later correction goes on from it, or where the import's calls came in anew.
    One that is taken back already stays so.
    """
    why = reason_kept(reason, "a correction")

    def draft(connection: Connection) -> Draft:
        every = {c.number: c for c in corrections.everything(connection)}
        meant = every.get(number)
        if meant is None or meant.kind == UNDO:
            what = (
                "there is no correction" if meant is None else "what undoes stays done: correction"
            )
            raise InputError.advised(
                f"{what} {number}",
                "see book.calls.corrections(), and correct again what is wrong",
                shell="see: minutebook correct --list, and correct again what is wrong",
            )
        if meant.undone_by is not None:
            return Draft(None, {}, meant.calls)
        if meant.kind == CALLS:
            _check_last(desk, connection, meant)
        else:
            _check_not_anew(desk, meant)
            corrections.end_reading(connection, str(meant.import_id))
        new = Correction(
            kind=UNDO,
            reason=why,
            by=desk.by,
            said={"undo": number},
            calls=meant.calls,
            days=meant.days,
            accounts=meant.accounts,
            undoes=number,
        )
        return Draft(new, _whose(desk, meant))

    with desk.database.held(RUN), desk.lake.writing():
        result = carried_out(desk, draft, dry_run=dry_run)
        if not dry_run:
            _reopen(desk, number)
    return result


def _whose(desk: Desk, meant: Correction) -> Counter[str]:
    """How many of the calls that a correction bears on are, or were, each account's."""
    if meant.kind == IMPORT:
        recorded = recorded_by_import(desk, str(meant.import_id)).group_by("account").len()
        return Counter(dict(recorded.collect(engine="streaming").iter_rows()))
    changes = calls_changed(desk.lake.location, str(meant.folder))
    sides = [changes[side].str.json_path_match("$.account") for side in ("before", "after")]
    return Counter(
        name
        for names in zip(*sides, strict=True)
        for name in dict.fromkeys(names)
        if name is not None
    )


def _check_last(desk: Desk, connection: Connection, meant: Correction) -> None:
    """`InputError` where a later correction in force is of a call as this one left it."""
    own = calls_changed(desk.lake.location, str(meant.folder))
    own = own.select(data_file="new_file", row="new_row").drop_nulls()
    for later in corrections.in_force(connection):
        if later.number > meant.number and later.folder is not None:
            changes = calls_changed(desk.lake.location, later.folder)
            again = changes.join(own, on=["data_file", "row"], how="semi")
            if again.height:
                raise InputError(
                    f"call {again['call_id'][0]} was corrected again by correction {later.number};"
                    " undo that one first"
                )


def _check_not_anew(desk: Desk, meant: Correction) -> None:
    """`InputError` where calls of an import that is to count again are in the lake by another import."""
    snapshot = desk.lake.snapshot()
    own = recorded_by_import(desk, str(meant.import_id)).select(IDENTITY)
    now = desk.lake.scan(as_files(snapshot.recorded.filter(pl.col("day").is_not_null())))
    anew = now.select(IDENTITY).join(own, on=IDENTITY, how="semi", nulls_equal=True).head(1)
    found = anew.collect(engine="streaming")
    if found.height:
        raise InputError.advised(
            f"call {found['call_id'][0]} of this import came in anew by a later one",
            "take that one back first",
            shell="take that one back first; see: minutebook import list",
        )


def _reopen(desk: Desk, number: int) -> None:
    """What waited before the correction `number`, which is undone, waits again."""
    with desk.database.transaction() as connection:
        every = corrections.everything(connection)
        in_force = corrections.in_force(connection)
    meant = next(c for c in every if c.number == number)
    if meant.kind == IMPORT and not any(c.import_id == meant.import_id for c in in_force):
        desk.quarantine.reopen(import_named(desk, str(meant.import_id)).event)
        desk.quarantine.release(records_accepted(desk, str(meant.import_id)))
    elif ACCEPT in meant.said and not any(
        c.said.get(ACCEPT) == meant.said[ACCEPT] for c in in_force
    ):
        desk.quarantine.wait_again([str(meant.said[ACCEPT])], _events_undone(desk))


def _events_undone(desk: Desk) -> set[int]:
    """The numbers of what imports set aside that are taken back."""
    return {one.event for one in imports(desk) if one.undone is not None and one.event is not None}


def records_accepted(desk: Desk, import_id: str) -> list[str]:
    """The records that were accepted in place of calls of an import, by corrections in force."""
    with desk.database.transaction() as connection:
        accepts = [c for c in corrections.in_force(connection) if ACCEPT in c.said]
    return [
        str(one.said[ACCEPT])
        for one in accepts
        if import_id in calls_changed(desk.lake.location, str(one.folder))["import"]
    ]
