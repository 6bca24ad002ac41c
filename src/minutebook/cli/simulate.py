"""`minutebook simulate`: a period's calls under changed plans and cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of
from minutebook.cli.output import Column, Sheet, show
from minutebook.errors import InputError
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.billing.simulate import Simulated

COLUMNS = [
    Column("currency", "Currency"),
    Column("calls", "Calls", number=True),
    Column("minutes", "Minutes", number=True),
    Column("revenue_now", "Revenue now", number=True),
    Column("revenue_then", "Revenue then", number=True),
    Column("difference", "Difference", number=True),
]
MARGIN = [
    Column("cost", "Cost", number=True),
    Column("margin_now", "Margin now", number=True),
    Column("margin_then", "Margin then", number=True),
]
UNPRICED = [
    Column("unpriced_now", "Unpriced now", number=True),
    Column("unpriced_then", "Unpriced then", number=True),
]
UNBOUGHT = [Column("unpriced_cost", "Unpriced cost", number=True)]


def simulate_(
    context: typer.Context,
    first: options.First,
    last: options.Last,
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
      minutebook simulate --from 2026-10-01 --to 2026-10-31 --plans dearer.toml
      minutebook simulate --from 2026-10-01 --to 2026-10-31 --card a-z=3 --buy carrier-x --by destination
    """
    days = arguments.day(first, "--from"), arguments.day(last, "--to")
    revisions = {
        name: arguments.count(number, f"--card {name}")
        for name, number in arguments.pairs(card or [], "--card", "a-z=3").items()
    }
    if plans is None and not revisions and buy is None:
        raise InputError("nothing is changed; say --plans FILE, --card CARD=REV, or --buy CARD")
    with book_of(context) as book:
        found = book.simulate(*days, plans=plans, cards=revisions, buy=buy, by=by)
    rows = [row.to_json(by) for row in found]
    columns = [Column(by, by.capitalize()), *COLUMNS]
    if buy is not None:
        columns += MARGIN
    if any(row["unpriced_now"] or row["unpriced_then"] for row in rows):
        columns += UNPRICED
    if any(row["unpriced_cost"] for row in rows):
        columns += UNBOUGHT
    notes = [] if buy is None else _of_cost(found, buy)
    value = {"from": first, "to": last, "by": by, "rows": rows, "notes": notes}
    title = f"{first} to {last}, as it is and as it would be"
    show(format_of(context), value, Sheet(columns, rows, title=title, notes=notes))


def _of_cost(found: list[Simulated], buy: str) -> list[str]:
    """What the cost by a buying card leaves out."""
    notes = []
    unpriced = sum(row.unpriced_cost or 0 for row in found)
    if unpriced:
        notes.append(
            f"Card {buy} does not price {counted(unpriced, 'call')}: their cost is counted as nothing,"
            " so the true margin is smaller."
        )
    foreign = sorted({row.currency for row in found if row.cost is None})
    if foreign:
        notes.append(
            f"Card {buy} is in another currency than {', '.join(foreign)}: there is no cost and no"
            " margin of what is sold in it."
        )
    return notes
