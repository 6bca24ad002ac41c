"""`minutebook route`: by whom a number is best sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.route_export import WRITTEN, write_tables
from minutebook.show.listings.routes import ROUTES, routes_sheet

_EXPORT = "export"


Number = Annotated[str, typer.Argument(help="The number dialled; or the word export.")]
Switch = Annotated[
    str | None,
    typer.Argument(help="Of export: kamailio-lcr, kamailio-drouting or asterisk."),
]
Place = Annotated[
    Path | None, typer.Argument(metavar="DIR|FILE", help="Of export: where to write to.")
]
Seconds = Annotated[
    list[str] | None,
    typer.Option(metavar="SECONDS", help="How long a call is; repeat it. Left out: 60."),
]
Account = Annotated[
    str | None, typer.Option(metavar="A", help="Sold to this account, by its plan of the day.")
]
Card = Annotated[str | None, typer.Option(metavar="C", help="Sold by this card.")]
Currency = Annotated[
    str | None, typer.Option(metavar="CODE", help="In this currency. Left out: the book's.")
]
Caller = Annotated[
    str | None,
    typer.Option(
        metavar="N", help="The caller's number, for prices by jurisdiction, origin or caller."
    ),
]
Callers = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CLASS",
        help="Of export: whose prices count where they go by the caller: dearest, or as in inter, local, 44; repeat it.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Of export: write over what is there.")]


@prints(ROUTES, WRITTEN)
def route_(
    context: typer.Context,
    number: Number,
    switch: Switch = None,
    place: Place = None,
    seconds: Seconds = None,
    at: options.AnsweredAt = None,
    account: Account = None,
    card: Card = None,
    currency: Currency = None,
    caller: Caller = None,
    callers: Callers = None,
    force: Force = False,
) -> None:
    """Show by whom a number is best sent: the providers in order of cost, by their buy cards.

    A call of each duration is priced by each card, with increments, fees and rounding; the order goes by what
    they cost together. With --account or --card it is said what is earned, and who loses. Providers that block
    the number, or have no price for it, are named under the table. Without any route the exit status is 1.

    `route export` writes what a switch loads to try the cheapest provider first, then the next: of every prefix of the
    buy cards, for providers whose gateway is declared. With --account or --card it leaves out what is not sold by it,
    and who costs more than it brings. Tables know no caller: where a card has prices by jurisdiction, origin or
    caller, --callers says whose count: the dearest of each, or those of a class; repeated, the first that a card has.

    \b
    Examples:
      minutebook route 442079460123
      minutebook route 442079460123 --seconds 10 --seconds 180 --account acme
      minutebook route 447700900123 --card retail --at 2026-10-02T18:00:00Z
      minutebook route 12125550123 --caller 12015550100
      minutebook route export kamailio-lcr tables --seconds 10 --seconds 180
      minutebook route export kamailio-drouting tables --card retail --force
      minutebook route export asterisk routes.csv
      minutebook route export asterisk routes.csv --callers inter,dearest
    """
    from minutebook.show.routes import RoutingView

    when = None if at is None else arguments.instant(at, "--at")
    said: dict[str, Any] = {"at": when, "account": account, "card": card, "currency": currency}
    if seconds:
        said["seconds"] = arguments.listed(seconds)
    if number == _EXPORT:
        if switch is None or place is None:
            raise typer.BadParameter(
                "say for which switch, and where to: route export SWITCH DIR|FILE"
            )
        if caller is not None:
            raise typer.BadParameter(
                "--caller is of one number; a switch's tables hold whoever calls: see --callers"
            )
        if callers:
            said["callers"] = arguments.listed(callers)
        write_tables(context, switch, place, force=force, **said)
        return
    if switch is not None or force or callers:
        raise typer.BadParameter(
            "a number stands alone; --force and --callers are of: route export SWITCH DIR|FILE"
        )
    with book_of(context) as book:
        found = book.providers.route(number, caller=caller, **said)
    view = RoutingView.of(found)
    show(format_of(context), view, routes_sheet(view))
    if not view.routes:
        raise typer.Exit(1)
