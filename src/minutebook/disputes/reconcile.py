"""The two sides of a reconciliation: the lake, a file of calls, or an invoice's totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from minutebook.billing.schedule import Schedule
from minutebook.days import ONE_DAY, SECOND_US, days_between
from minutebook.disputes.prices import Prices
from minutebook.disputes.reconciled_calls import reconciled_calls
from minutebook.disputes.reconciled_totals import reconciled_totals
from minutebook.disputes.reconciliation import SideFacts
from minutebook.disputes.sides import AMOUNT, SIDE_SCHEMA, recorded_calls
from minutebook.disputes.their_invoice import invoice_of
from minutebook.errors import InputError
from minutebook.intake.reading import InputFile, Reading
from minutebook.lake.lake import as_files
from minutebook.ledger import declarations

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from minutebook.calls.source import Source
    from minutebook.declarations.carrier import Carrier
    from minutebook.disputes.reconciliation import Reconciliation
    from minutebook.disputes.their_invoice import Invoice
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database

    Progress = Callable[[str, int, int], None]

LAKE = "lake"
INVOICE = "invoice"
"""The format of totals, beside those of an import."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be held against what, and what files cannot say of themselves.

    A side is `lake`, or the path of a file. `account` says whose calls of the lake are meant, and
    prices records without amounts; `format` is that of files, as in an import.
    """

    ours: str
    theirs: str
    first: date
    last: date
    account: str | None = None
    format: str = "auto"
    source: str | None = None
    tolerance_s: int = 5


def reconcile(
    database: Database,
    lake: Lake,
    cards: CardStore,
    asked: Asked,
    progress: Progress | None = None,
) -> Reconciliation:
    """Where two sides differ, and what that is worth; nothing is posted.

    `progress` is told of ("bytes", read, of all) and of ("steps", done, of all).
    """
    days_between(asked.first, asked.last)
    with database.transaction() as connection:
        carrier = declarations.load(connection)
    currency = None if asked.account is None else carrier.account_named(asked.account).currency
    prices = Prices(Schedule(carrier), cards)
    (ours, our_facts), (theirs, their_facts) = (
        _side(which, lake, carrier, asked, progress) for which in (asked.ours, asked.theirs)
    )
    currency = currency or _one_currency(carrier, ours, theirs)
    facts, days = (our_facts, their_facts), (asked.first, asked.last)
    if isinstance(ours, pl.DataFrame) and isinstance(theirs, pl.DataFrame):
        tolerance_us = asked.tolerance_s * SECOND_US
        sides = ours, theirs
        silent, by_theirs = _measure(asked, ours, theirs)
        return reconciled_calls(
            sides,
            facts,
            prices,
            *days,
            currency,
            tolerance_us,
            silent,
            by_theirs=by_theirs,
            progress=progress,
        )
    return reconciled_totals((ours, theirs), facts, prices, *days, currency)


def _measure(
    asked: Asked, ours: pl.DataFrame, theirs: pl.DataFrame
) -> tuple[int | None, bool | None]:
    """Which side is priced as the calls that it is matched with, and whether ours is measured by theirs.

    As `reconciled_calls` takes them. Our cards price the lake, and a file without amounts.
    """
    own, other = (side[AMOUNT].null_count() < side.height for side in (ours, theirs))
    if asked.theirs != LAKE and theirs[AMOUNT].null_count():
        return 1, asked.ours != LAKE and own and not other
    silent = 0 if asked.ours != LAKE and asked.theirs == LAKE else None
    if asked.ours == LAKE or not own:
        return silent, False
    return silent, None if other and asked.account is not None else not other


def _one_currency(carrier: Carrier, *sides: pl.DataFrame | Invoice) -> str | None:
    """The currency of the sides' accounts; None where none is known, `InputError` where they have several."""
    names: set[str] = set()
    for side in sides:
        if isinstance(side, pl.DataFrame):
            names |= set(side["account"].drop_nulls().unique())
    currencies = sorted({carrier.account_named(name).currency for name in names})
    if len(currencies) > 1:
        raise InputError(
            f"these calls are in {' and '.join(currencies)}, which cannot be added up; name the account"
        )
    return currencies[0] if currencies else None


def _side(
    which: str, lake: Lake, carrier: Carrier, asked: Asked, progress: Progress | None
) -> tuple[pl.DataFrame | Invoice, SideFacts]:
    """A side's calls of the period, and of a day around it; or the totals that its file has."""
    if which == LAKE:
        calls, facts = _of_lake(lake, asked), SideFacts(LAKE)
    else:
        if asked.format in ("auto", INVOICE) and asked.source is None:
            invoice = invoice_of(Path(which))
            if invoice is not None:
                return invoice, SideFacts(which)
            if asked.format == INVOICE:
                raise InputError(
                    "is no invoice: its header must name an amount, and days or destinations",
                    file=which,
                )
        calls, facts = _of_file(which, carrier, asked, progress)
    inside = calls.filter(pl.col("day").is_between(asked.first, asked.last))
    return calls, replace(
        facts,
        without_setup=inside["setup_at"].null_count(),
        without_amount=0 if which == LAKE else inside[AMOUNT].null_count(),
    )


def _of_lake(lake: Lake, asked: Asked) -> pl.DataFrame:
    begin, end = asked.first - ONE_DAY, asked.last + ONE_DAY
    files = as_files(lake.snapshot().frame.filter(pl.col("day").is_between(begin, end)))
    calls = lake.scan(files)
    if asked.account is not None:
        calls = calls.filter(pl.col("account") == asked.account)
    named = calls.with_columns(pl.lit(None, pl.Int64).alias(AMOUNT)).select(SIDE_SCHEMA.keys())
    return named.collect(engine="streaming")


def _of_file(
    path: str, carrier: Carrier, asked: Asked, progress: Progress | None
) -> tuple[pl.DataFrame, SideFacts]:
    def told(done_bytes: int, total_bytes: int, rows: int) -> None:
        if progress is not None:
            progress("bytes", done_bytes, total_bytes)

    source, files = _source(carrier, asked), [InputFile.of(Path(path))]
    reading = Reading(files, asked.format, source, carrier.sources, told, complete=True)
    found = recorded_calls(reading, carrier.directory())
    calls = found.calls
    if asked.account is not None:
        calls = calls.with_columns(account=pl.lit(asked.account))
    inside = pl.col("day").is_between(asked.first - ONE_DAY, asked.last + ONE_DAY)
    return calls.filter(inside), SideFacts(path, found.broken, found.without_zone)


def _source(carrier: Carrier, asked: Asked) -> Source | None:
    if asked.source is None:
        return None
    return carrier.source_named(asked.source)
