"""`minutebook bill`: price, charge, post."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, say, show, stages
from minutebook.show.tables import Column, Sheet

STAGES = {"calls": "pricing", "accounts": "charging", "postings": "posting"}


COLUMNS = [
    Column("run", "Run", number=True),
    Column("through", "Billed through (UTC day)", drop=3),
    Column("calls", "Calls newly priced", number=True, drop=4),
    Column("unpriced", "Calls unpriced", number=True),
    Column("quarantined", "In quarantine", number=True),
    Column("accounts", "Accounts charged", number=True, drop=1),
    Column("postings", "Postings", number=True, drop=2),
    Column("total", "Total", money=True),
]
ACCOUNTS = [
    Column("account", "Account"),
    Column("currency", "Currency"),
    Column("postings", "Postings", number=True, drop=1),
    Column("per_minute", "For minutes", money=True, drop=3),
    Column("per_channel", "For channels", money=True, drop=4),
    Column("minimum", "For minimum", money=True, drop=5),
    Column("short_calls", "For short calls", money=True, drop=6, shown=False),
    Column("other", "Other", money=True, drop=2),
    Column("total", "Total", money=True),
]


class Groups(StrEnum):
    """What charges are listed by."""

    ACCOUNT = "account"


@prints(COLUMNS, ACCOUNTS)
def bill_(
    context: typer.Context,
    through: Annotated[
        str, typer.Option(metavar="DATE", help="Bill up to this UTC day, included.")
    ],
    by: Annotated[Groups | None, typer.Option(help="Say who was charged what by this run.")] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Also where the day is after the end of the month after next."
        ),
    ] = False,
) -> None:
    """Price, charge and post everything due up to a UTC day.

    Posts what is due less what was posted before, so a second run posts nothing, and a late call
    or a corrected card posts the difference to the day that it corrects. Records in quarantine
    are tried again first, if declarations changed.

    Where something fails for an account, as prices that cannot be, it is set aside, the rest is
    billed, and the status is 1. So is an account that would be charged or paid back far more than it
    is used to: see minutebook parked list. Every later run tries it again.

    \b
    Examples:
      minutebook bill --through 2026-10-31
      minutebook bill --through 2026-10-31 --by account
      minutebook --format json bill --through 2026-10-31
    """
    from minutebook.book.clock import today
    from minutebook.show.runs import RunView
    from minutebook.show.sentences.notes import run_notes
    from minutebook.show.serialise import as_json

    day = arguments.day(through, "--through")
    with book_of(context) as book, stages(STAGES) as told:
        result = book.runs.bill(day, ahead=force, progress=told)
        charges = None if by is None else book.runs.charges(result)
    if day >= today():
        say(f"minutebook: {today()} is not over; it is billed as far as it is recorded")
    value = as_json(RunView.of(result, charges))
    row = {
        **value,
        "unpriced": value["unpriced"]["calls"],
        "total": ", ".join(f"{amount} {currency}" for currency, amount in value["total"].items())
        or "0",
    }
    sheets = [Sheet(COLUMNS, [row], notes=run_notes(result))]
    printing = format_of(context)
    if by is not None and printing.format is OutputFormat.CSV:
        sheets = [Sheet(ACCOUNTS, value["by_account"])]
    elif charges:
        foot = [{"account": "Sum", "currency": c, "total": of} for c, of in value["total"].items()]
        has_short = any(charge.short_calls for charge in charges)
        columns = [replace(column, shown=column.shown or has_short) for column in ACCOUNTS]
        sheets.append(Sheet(columns, value["by_account"], title="Charged by this run", foot=foot))
    show(printing, value, *sheets)
    if result.set_aside:
        raise typer.Exit(1)
