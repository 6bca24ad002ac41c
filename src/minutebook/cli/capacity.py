"""`minutebook capacity`: how many channels and servers an account's traffic needs."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import check_report, show, write_report
from minutebook.errors import InputError
from minutebook.show.listings.fit import CURVE, QUESTIONNAIRE, capacity_sheets
from minutebook.show.tables import Column, Sheet

ERLANG = [
    Column("erlangs", "Offered (erlangs)", number=True),
    Column("channels", "Channels", number=True),
    Column("blocking", "Blocking", number=True),
]

_WITH_ERLANGS = ("erlangs", "channels", "blocking")


Account = Annotated[str | None, typer.Argument(help="Left out: with --erlangs.")]
Blocking = Annotated[
    str | None,
    typer.Option(metavar="B", help="The share of attempts that may be lost. Left out: 1%."),
]
ChannelsPerServer = Annotated[
    int, typer.Option(metavar="N", min=1, help="What a server carries at once.")
]
CpsPerServer = Annotated[
    int, typer.Option(metavar="N", min=1, help="Attempts a second that a server takes.")
]
Erlangs = Annotated[
    str | None, typer.Option(metavar="A", help="Only Erlang B, for so many erlangs offered.")
]
Channels = Annotated[
    int | None, typer.Option(metavar="N", min=0, help="With --erlangs: the blocking of N.")
]


@prints(CURVE, QUESTIONNAIRE, ERLANG)
def capacity_(
    context: typer.Context,
    account: Account = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    blocking: Blocking = None,
    growth: options.Growth = "0%",
    cps_limit: options.CpsLimit = None,
    channels_per_server: ChannelsPerServer = 1000,
    cps_per_server: CpsPerServer = 100,
    erlangs: Erlangs = None,
    channels: Channels = None,
    report: options.Report = None,
    force: options.Force = False,
) -> None:
    """Show how many channels and servers an account's traffic needs, and what fewer would lose.

    By Erlang B for the busy hour, which takes arrivals to be random; and by replay: the recorded
    attempts admitted through N channels, what finds none free is lost. Where they differ, the
    traffic is not random, and replay is what would have happened.

    \b
    Examples:
      minutebook capacity acme --month 2026-10
      minutebook capacity acme --month 2026-10 --blocking 0.5% --growth 20%
      minutebook capacity --erlangs 100 --blocking 1%
      minutebook capacity --erlangs 100 --channels 117
    """
    if erlangs is not None:
        _alone(context)
        _calculator(context, erlangs, channels, blocking)
        return
    if account is None:
        raise InputError(
            "say ACCOUNT and the days of its traffic; or --erlangs with --channels or --blocking"
        )
    if channels is not None:
        raise InputError("--channels goes with --erlangs; the curve shows the loss of every number")
    from minutebook.fit.capacity import Assumptions
    from minutebook.traffic.demand import Servers

    asked = Assumptions(
        blocking=arguments.share(blocking or "1%", "--blocking"),
        growth=arguments.growth(growth, "--growth"),
        cps_limit=cps_limit,
        servers=Servers(channels_per_server, cps_per_server),
    )
    days = arguments.period(first, last, month)
    if report is not None:
        check_report(report, force=force)
    with book_of(context) as book:
        found = book.fit.capacity(account, *days, asked)
        if report is not None:
            write_report(report, book.report(found), force=force)
    from minutebook.show.capacity.model import CapacityView

    show(format_of(context), CapacityView.of(found), *capacity_sheets(found))


def _alone(context: typer.Context) -> None:
    """`InputError` where --erlangs comes with what only recorded traffic can answer."""
    for parameter in context.command.params:
        name = str(parameter.name)
        given = context.get_parameter_source(name)
        typed = given is not None and given.name == "COMMANDLINE"
        if typed and name not in _WITH_ERLANGS:
            said = parameter.opts[0] if parameter.param_type_name == "option" else "ACCOUNT"
            raise InputError(
                f"{said} does not go with --erlangs, which computes and reads no calls; leave out"
                " one of the two"
            )


def _calculator(
    context: typer.Context, erlangs: str, channels: int | None, blocking: str | None
) -> None:
    from minutebook.show.capacity.model import ErlangView
    from minutebook.traffic import erlang

    offered = arguments.number(erlangs, "--erlangs")
    if (channels is None) == (blocking is None):
        raise InputError("--erlangs takes one of --channels N and --blocking B")
    if channels is None:
        target = float(arguments.share(str(blocking), "--blocking"))
        channels = erlang.channels_for(offered, target)
    view = ErlangView(offered, channels, erlang.blocking(offered, channels))
    show(format_of(context), view, Sheet(ERLANG, [view]))
