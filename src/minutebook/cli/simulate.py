"""`minutebook simulate`: a period's calls under changed plans and cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.errors import InputError
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.fit.simulate import By

_BY = [Column("account", "Account"), Column("destination", "Destination")]
COLUMNS = [
    Column("currency", "Currency"),
    Column("calls", "Calls", number=True, drop=5),
    Column("minutes", "Minutes", number=True, drop=4),
    Column("revenue_now", "Revenue now", money=True),
    Column("revenue_then", "Revenue then", money=True),
    Column("difference", "Difference", money=True),
]
MARGIN = [
    Column("cost", "Cost", money=True, drop=6),
    Column("margin_now", "Margin now", money=True, drop=7),
    Column("margin_then", "Margin then", money=True, drop=8),
]
UNPRICED = [
    Column("unpriced_now", "Unpriced now", number=True, drop=1),
    Column("unpriced_then", "Unpriced then", number=True, drop=2),
]
UNBOUGHT = [Column("unpriced_cost", "Unpriced cost", number=True, drop=3)]


@prints(_BY, COLUMNS, MARGIN, UNPRICED, UNBOUGHT)
def simulate_(
    context: typer.Context,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    plans: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="An apply file with plans as they would be."),
    ] = None,
    card: Annotated[
        list[str] | None,
        typer.Option(metavar="CARD=REV", help="A card's revision as if it were in force."),
    ] = None,
    buy: Annotated[
        str | None, typer.Option(metavar="CARD", help="What calls cost you; for the margin.")
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="account|destination", help="What a line is of.")
    ] = "account",
) -> None:
    """Show what changed plans or cards would do to revenue, cost and margin. Nothing is posted.

    By account, revenue is what a run would charge: minutes, channels and minimums. By destination
    it is the calls' own costs, of the destination that prices a call now, or else then.

    \b
    Examples:
      minutebook simulate --month 2026-10 --plans dearer.toml
      minutebook simulate --month 2026-10 --card a-z=3 --buy carrier-x
      minutebook simulate --month 2026-10 --card a-z=3 --by destination
    """
    days = arguments.period(first, last, month)
    revisions = {
        name: arguments.count(number, f"--card {name}")
        for name, number in arguments.pairs(card or [], "--card", "a-z=3").items()
    }
    if plans is None and not revisions and buy is None:
        raise InputError("nothing is changed; say --plans FILE, --card CARD=REV, or --buy CARD")
    from minutebook.declarations.document import beside_plans
    from minutebook.show.simulation import SimulationView, simulation_cautions

    with book_of(context) as book:
        grouped = cast("By", by)  # it refuses what is none
        found = book.fit.simulate(*days, plans=plans, cards=revisions, buy=buy, by=grouped)
    columns = [Column(by, by.capitalize()), *COLUMNS]
    if buy is not None:
        columns += MARGIN
    if any(row.unpriced_now or row.unpriced_then for row in found):
        columns += UNPRICED
    if any(row.unpriced_cost for row in found):
        columns += UNBOUGHT
    beside = [] if plans is None else beside_plans(plans)
    notes = simulation_cautions(found, *days, buy=buy, plans=plans, beside=beside)
    view = SimulationView.of(*days, by, found, notes)
    title = f"{days[0]} to {days[1]}, as it is and as it would be"
    sheets = [Sheet(columns, view.rows, title=title, notes=notes)]
    if len(view.totals) < len(view.rows):
        sheets = [
            Sheet(columns, view.rows, title=title),
            Sheet(columns[1:], view.totals, title="Totals", notes=notes),
        ]
    show(format_of(context), view, *sheets)
