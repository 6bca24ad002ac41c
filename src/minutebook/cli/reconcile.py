"""`minutebook reconcile`: two sides' records of the same calls, held against each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import (
    check_report,
    say,
    show,
    stages,
    write_output,
    write_report,
)
from minutebook.errors import InputError
from minutebook.show.listings.reconciliation import CLASSES, LINES, SAMPLES, reconciliation_sheets
from minutebook.words import NUMBER_CELL, RISKY_CELL, counted

if TYPE_CHECKING:
    import polars as pl


STAGES = {"bytes": "reading", "steps": "comparing"}


Ours = Annotated[
    str, typer.Argument(help="Our records: lake, a file of calls, or an invoice's totals.")
]
Theirs = Annotated[
    str, typer.Argument(help="Theirs: a file of calls, an invoice's totals, or lake.")
]
Account = Annotated[
    str | None,
    typer.Option(metavar="A", help="Whose calls of the lake; prices records without amounts."),
]
Format = Annotated[
    str,
    typer.Option(
        "--records", metavar="FORMAT", help="The files' format, as in import; or invoice."
    ),
]
Source = Annotated[
    str | None, typer.Option(metavar="NAME", help="What the files cannot say of themselves.")
]
Tolerance = Annotated[
    int, typer.Option(metavar="S", min=0, help="Seconds between two times of one call.")
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OURS=THEIRS,…", help="amount=Net,called=B-number …"),
]
Server = Annotated[
    str | None, typer.Option(metavar="S", help="Of the lake, calls of this server alone.")
]
Trunk = Annotated[
    str | None, typer.Option(metavar="T", help="Of the lake, calls over this trunk alone.")
]
Card = Annotated[
    str | None,
    typer.Option(metavar="C", help="Prices records without amounts, not the account."),
]
Provider = Annotated[
    str | None,
    typer.Option(metavar="P", help="Calls that it carried, at its buy card: theirs is its bill."),
]
Csv = Annotated[
    Path | None, typer.Option(metavar="FILE.csv", help="Write all that differs, to be sent.")
]


@prints(CLASSES, SAMPLES, LINES)
def reconcile_(
    context: typer.Context,
    ours: Ours,
    theirs: Theirs,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    account: Account = None,
    format_: Format = "auto",
    source: Source = None,
    tolerance: Tolerance = 5,
    map_: Map = None,
    server: Server = None,
    trunk: Trunk = None,
    card: Card = None,
    provider: Provider = None,
    csv: Csv = None,
    report: options.Report = None,
    force: options.Force = False,
) -> None:
    """Show where two sides' records differ, and how much money each cause explains.

    Days and hours are compared first. Calls of hours that differ are brought together by id, else by
    numbers and time, after the shift between the clocks. An invoice (a CSV file with totals by day,
    destination or both) is compared line by line. Ours less theirs is the sum of the classes and the
    unexplained rest, exactly. What was not read, or not compared in money, is said first, and ends with
    status 1: amounts that are not there, records that are no calls, days without a plan.

    \b
    Examples:
      minutebook reconcile lake theirs.csv --month 2026-10 --account acme
      minutebook reconcile lake theirs.csv --month 2026-10 --csv differ.csv
      minutebook reconcile lake invoice.csv --month 2026-10 --account acme
      minutebook reconcile lake theirs.csv --month 2026-10 --map amount=Net
      minutebook reconcile lake sold.csv --month 2026-10 --trunk out-1 --card buy
      minutebook reconcile lake vox-invoice.csv --month 2026-10 --provider vox
    """
    days = arguments.period(first, last, month)
    _different(ours, theirs, csv, report)
    if report is not None:
        check_report(report, force=force)
    with book_of(context) as book, stages(STAGES) as told:
        found = book.disputes.reconcile(
            ours,
            theirs,
            *days,
            account=account,
            format=format_,
            source=source,
            tolerance_s=tolerance,
            columns=arguments.pairs(map_ or [], "--map", "amount=Net"),
            server=server,
            trunk=trunk,
            card=card,
            provider=provider,
            progress=told,
        )
        if report is not None:
            write_report(report, book.report(found), force=force)
    if csv is not None:
        text = _safe(found.calls).write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ")
        write_output(csv, text, text.partition("\n")[0], force=force)
        say(f"minutebook: {counted(found.calls.height, 'difference')} written to {csv}")
    from minutebook.show.reconciliation.model import ReconciliationView
    from minutebook.show.serialise import as_json

    value = as_json(ReconciliationView.of(found))
    title = f"{ours} and {theirs}, {days[0]} to {days[1]}"
    show(format_of(context), value, *reconciliation_sheets(value, title))
    if not found.complete:
        raise typer.Exit(1)


def _safe(calls: pl.DataFrame) -> pl.DataFrame:
    """The texts as cells that no spreadsheet computes."""
    import polars as pl

    text = pl.col(pl.String)
    risky = text.str.contains(RISKY_CELL) & ~text.str.contains(NUMBER_CELL)
    return calls.with_columns(pl.when(risky).then("'" + text).otherwise(text).name.keep())


def _different(ours: str, theirs: str, csv: Path | None, report: Path | None) -> None:
    """What is written must not be what is read, nor each other."""
    named = [Path(side).resolve() for side in (ours, theirs)]
    for path, option in ((csv, "--csv"), (report, "--report")):
        if path is not None:
            if path.resolve() in named:
                raise InputError(f"{option} {path} would overwrite that file; name another")
            named.append(path.resolve())
