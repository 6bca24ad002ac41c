"""One correction, written down: or tried, to see what it would come to."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook.billing.bill import bill
from minutebook.calls.schema import CALL_SCHEMA
from minutebook.cards.number_key import with_keys
from minutebook.lake.correcting import remove_folders, write_correction
from minutebook.lake.corrections import FOLDER
from minutebook.ledger import corrections, journal, runs
from minutebook.ledger.corrections import CALLS, Correction
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.lake.quarantine import Quarantine
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.settings import Bounds

FIELDS = ("account", "caller", "called", "setup_at", "answered_at", "ended_at", "duration_ms")
"""What of a call a correction can change."""
ACCEPT = "accept"
"""Where a correction says which record of the quarantine was accepted."""
_INSTANTS = ("setup_at", "answered_at", "ended_at")


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to correct: the stores of a book, who corrects, and the UTC day."""

    database: Database
    lake: Lake
    quarantine: Quarantine
    cards: CardStore
    by: str
    today: date
    bounds: Bounds


@dataclass(frozen=True, slots=True, repr=False)
class AccountEffect(Shown):
    """What a correction does to an account: `calls` of its own that change, before or after, and the
    `amount` that the next run would post, None where it was not asked for; what it gets back is positive.
    Of a provider, `provider:NAME`, what it is owed more is positive."""

    account: str
    currency: str
    calls: int
    amount: Decimal | None = None
    """What the next run would post because of it; None: it was not asked for."""


@dataclass(frozen=True, slots=True, repr=False)
class Corrected(Shown):
    """What a correction did, or would do where `tried`. `correction` is None where nothing changes;
    `unchanged` calls were so already. `nowhere` counts, by reason, calls that match tables would give to
    nobody now; `with_it` the calls of an import taken back that were corrected."""

    correction: Correction | None
    unchanged: int = 0
    accounts: tuple[AccountEffect, ...] = ()
    tried: bool = False
    """True: nothing was done."""
    billed_through: date | None = None
    nowhere: dict[str, int] = field(default_factory=dict)
    with_it: int = 0
    """Of an import taken back: its calls that were corrected."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A correction that is yet to be written down, with how many of whose calls it bears on."""

    correction: Correction | None
    calls: Mapping[str, int]
    unchanged: int = 0
    nowhere: dict[str, int] = field(default_factory=dict)
    with_it: int = 0


def carried_out(desk: Desk, draft: Callable[[Connection], Draft], *, dry_run: bool) -> Corrected:
    """Write a draft down; with `dry_run` find out what it would come to, and leave all as it was."""
    made: Correction | None = None
    try:
        with desk.database.transaction(lock=RUN, keep=not dry_run) as connection:
            through = runs.billed_through(connection)
            if dry_run and through is not None:
                _bill(desk, through)
            drafted = draft(connection)
            made = drafted.correction
            amounts: Mapping[str, Decimal] = {}
            if made is not None:
                made = corrections.add(connection, made)
                if dry_run and through is not None:
                    amounts = _amounts(connection, _bill(desk, through))
            currencies = holders_currencies(connection, {*drafted.calls, *amounts})
        written = not dry_run
    except BaseException:
        written = False
        raise
    finally:
        if made is not None and made.folder is not None and not written:
            shutil.rmtree(desk.lake.location / FOLDER / made.folder, ignore_errors=True)
    effects = tuple(
        AccountEffect(
            name,
            currencies[name],
            drafted.calls.get(name, 0),
            amounts.get(name, Decimal(0)) if dry_run else None,
        )
        for name in sorted({*drafted.calls, *amounts})
    )
    return Corrected(
        made, drafted.unchanged, effects, dry_run, through, drafted.nowhere, drafted.with_it
    )


def _bill(desk: Desk, through: date) -> int | None:
    """Bill again within the transaction; gives the run, where it posted anything."""
    result = bill(
        desk.database, desk.lake, desk.cards, through, by=desk.by, today=desk.today,
        bounds=desk.bounds,
    )  # fmt: skip
    return result.run if result.postings else None


def _amounts(connection: Connection, run: int | None) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for posting in [] if run is None else journal.of_run(connection, run):
        amounts[posting.account] = amounts.get(posting.account, Decimal(0)) + posting.amount
    return amounts


def holders_currencies(connection: Connection, names: set[str]) -> dict[str, str]:
    """The currency of each account, and of each `provider:NAME`."""
    from minutebook.ledger import declarations

    carrier = declarations.load(connection) if names else None
    return {name: carrier.holder_named(name).currency for name in names} if carrier else {}


def drafted(
    desk: Desk,
    connection: Connection,
    before: pl.DataFrame,
    after: pl.DataFrame,
    said: dict[str, Any],
    reason: str,
    nowhere: Mapping[str, int] | None = None,
) -> Draft:
    """A correction of the calls `before` (lake.correcting.TRACED_SCHEMA) to `after` (the same rows, and
    `void`), with its files written; calls that stay as they are, are left out.
    """
    now = with_keys(after).with_columns(day=pl.coalesce("answered_at", "setup_at").dt.date())
    differs = pl.select(
        pl.any_horizontal(pl.lit(before[name]).ne_missing(pl.lit(now[name])) for name in FIELDS)
        | pl.lit(now["void"])
    ).to_series()
    before, now = before.filter(differs), now.filter(differs)
    unchanged = differs.len() - before.height
    if before.is_empty():
        return Draft(None, {}, unchanged, dict(nowhere or {}))
    changes = before.select(
        "data_file", "row", "import", "source", "server", "call_id", "leg", before=_spelled()
    ).with_columns(after=now.select(pl.when(~pl.col("void")).then(_spelled())).to_series())
    calls = now.with_row_index("change").filter(~pl.col("void"))
    kept = {c.folder for c in corrections.everything(connection) if c.folder is not None}
    remove_folders(desk.lake.location, kept=kept)
    written = write_correction(
        desk.lake.location, calls.select(*CALL_SCHEMA, "import", "change"), changes
    )
    whose = Counter(before["account"].to_list())
    for name, was in zip(now["account"], before["account"], strict=True):
        whose[name] += name != was
    correction = Correction(
        kind=CALLS,
        reason=reason,
        by=desk.by,
        said=said,
        calls=before.height,
        days=tuple({*before["day"], *now["day"]}),
        accounts=tuple(name for name in whose if whose[name]),
        folder=written.folder,
        files=written.files,
    )
    return Draft(
        correction, {name: n for name, n in whose.items() if n}, unchanged, dict(nowhere or {})
    )


def _spelled() -> pl.Expr:
    """What of a call can change, as JSON."""
    times = [pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ") for name in _INSTANTS]
    others = [pl.col(name) for name in FIELDS if name not in _INSTANTS]
    return pl.struct(*others, *times).struct.json_encode()
