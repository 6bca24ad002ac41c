"""A side, opened: the lake's calls, a file's, or the totals of an invoice, with what was not read of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls import readers
from minutebook.calls.carried import carried
from minutebook.calls.readers.formats import AUTO
from minutebook.calls.source import Source
from minutebook.days import ONE_DAY
from minutebook.disputes.asked import INVOICE, LAKE
from minutebook.disputes.reading.call_list import CallList
from minutebook.disputes.reading.sides import AMOUNT, SIDE_SCHEMA, recorded_calls
from minutebook.disputes.reading.their_invoice import invoice_of
from minutebook.disputes.reconciliation import SideFacts
from minutebook.errors import InputError
from minutebook.intake.reading import InputFile, Reading
from minutebook.lake.lake import as_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from minutebook.declarations.carrier import Carrier
    from minutebook.disputes.asked import Asked
    from minutebook.disputes.reading.their_invoice import Invoice
    from minutebook.intake.reading import Progress as FileProgress
    from minutebook.lake.lake import Lake

    Progress = Callable[[str, int, int], None]


def open_side(
    which: str, lake: Lake, carrier: Carrier, asked: Asked, progress: Progress | None
) -> tuple[pl.DataFrame | Invoice, SideFacts]:
    """A side's calls of the period, and of a day around it; or the totals that its file has."""
    if which == LAKE:
        calls, facts = (
            _of_lake(lake, carrier, asked),
            SideFacts(LAKE, without_plan=_without_plan(carrier, asked)),
        )
    else:
        if asked.format in (AUTO, INVOICE) and asked.source is None:
            invoice = invoice_of(Path(which), asked.columns, asked=asked.format == INVOICE)
            if invoice is not None:
                return invoice, SideFacts(
                    which,
                    currencies=invoice.currencies,
                    turned=invoice.turned,
                    without_day=invoice.dayless,
                    unended=invoice.unended,
                )
            if asked.format == INVOICE:
                raise InputError(
                    "is no invoice: its header must name an amount, and days or destinations",
                    file=which,
                )
        calls, facts = _of_file(which, carrier, asked, progress)
    inside = calls.filter(pl.col("day").is_between(asked.first, asked.last))
    if not inside.height:
        raise _nothing(facts, calls, asked)
    return calls, replace(
        facts,
        without_setup=inside["setup_at"].null_count(),
        without_amount=0 if which == LAKE else inside[AMOUNT].null_count(),
    )


def _nothing(facts: SideFacts, calls: pl.DataFrame, asked: Asked) -> InputError:
    """Why a side has no call of the period."""
    first, last = asked.first, asked.last
    if facts.without_plan and len(facts.without_plan) > (last - first).days:
        return InputError.advised(
            f"{asked.account} has no plan from {first} to {last}, so the lake holds no call of it",
            "choose later days, or declare it from an earlier day and retry its calls",
            shell="choose later days, or declare it from an earlier day and import --retry",
        )
    if facts.broken and not calls.height:
        return InputError.advised(
            f"none of its {facts.broken:,} records can be understood: {facts.why}",
            "mend them, or pass source or columns",
            shell="mend them, name their source (--source), or say which columns are meant (--map)",
            file=facts.name,
        )
    limits = [
        f"on {n} {v}"
        for n, v in (("server", asked.server), ("trunk", asked.trunk), ("provider", asked.provider))
        if v is not None
    ]
    where = f" {' and '.join(limits)}" if limits and facts.name == LAKE else ""
    return InputError(
        f"{facts.name} has no calls{where} from {first} to {last}; choose other days{facts.or_end_it}"
    )


def _without_plan(carrier: Carrier, asked: Asked) -> tuple[date, ...]:
    """The days of the period on which the account has no plan."""
    if asked.account is None:
        return ()
    account = carrier.account_named(asked.account)
    days = (asked.first + n * ONE_DAY for n in range((asked.last - asked.first).days + 1))
    return tuple(day for day in days if account.plan_on(day) is None)


def _of_lake(lake: Lake, carrier: Carrier, asked: Asked) -> pl.DataFrame:
    begin, end = asked.first - ONE_DAY, asked.last + ONE_DAY
    files = as_files(lake.snapshot().frame.filter(pl.col("day").is_between(begin, end)))
    calls = lake.scan(files)
    for name in ("account", "server", "trunk"):
        wanted = getattr(asked, name)
        if wanted is not None:
            calls = calls.filter(pl.col(name) == wanted)
    if asked.provider is not None:
        key = carrier.provider_named(asked.provider).key
        calls = calls.filter(carried(carrier.providers.values()) == key)
    only = calls.with_columns(pl.lit(None, pl.Int64).alias(AMOUNT)).select(SIDE_SCHEMA.keys())
    return only.collect(engine="streaming")


def _of_file(
    path: str, carrier: Carrier, asked: Asked, progress: Progress | None
) -> tuple[pl.DataFrame, SideFacts]:
    def told(done_bytes: int, total_bytes: int, rows: int) -> None:
        if progress is not None:
            progress("bytes", done_bytes, total_bytes)

    reading = _reading(path, carrier, asked, told)
    found = recorded_calls(reading, carrier.directory(), asked.columns)
    calls = found.calls
    if asked.account is not None:
        calls = calls.with_columns(account=pl.lit(asked.account))
    inside = pl.col("day").is_between(asked.first - ONE_DAY, asked.last + ONE_DAY)
    return calls.filter(inside), SideFacts(
        path,
        found.broken,
        found.why,
        found.without_zone,
        currencies=found.currencies,
        turned=found.turned,
        own_total=found.own_total,
        unended=found.unended,
    )


def _reading(path: str, carrier: Carrier, asked: Asked, told: FileProgress) -> Reading:
    """What reads a file: a format of switches, else the columns that its headings name."""
    source = None if asked.source is None else carrier.source_named(asked.source)
    file = InputFile.of(Path(path))
    free = asked.format == AUTO and (source is None or source.format is None)
    columns = {ours: theirs for ours, theirs in asked.columns.items() if ours not in _OF_ANY}
    if not free and columns:
        raise InputError.advised(
            f"column {min(columns)}: a format's own columns are named by its source",
            "leave format and source out, or say it in the source's options.columns",
            shell="leave --records and --source out, or say it in the source's options.columns",
        )
    if not free:
        return Reading([file], asked.format, source, carrier.sources, told)
    wrong: InputError | None = None
    if not columns and source is None:
        try:
            readers.detect(file.path)
        except InputError as error:
            wrong = error
        else:
            return Reading([file], AUTO, None, carrier.sources, told)
    listed = CallList(asked.columns)
    lacking = listed.lacking(file.path)
    if lacking is not None:
        raise lacking if wrong is None or "known format" in str(wrong) else wrong
    return Reading(
        [file], AUTO, source or Source(listed.name), carrier.sources, told, reader=listed
    )


_OF_ANY = ("amount", "currency")
"""What can be mapped whatever the format."""
