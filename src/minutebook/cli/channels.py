"""`minutebook channels`: how an account used its channels, and how many it buys."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, say, show
from minutebook.cli.switch import COLUMNS as TERM
from minutebook.cli.switch import show_term
from minutebook.show.listings.channels import CHANNEL_DAYS, CHANNELS_SERVER
from minutebook.show.tables import Column, Sheet
from minutebook.words import did_you_mean


class _ShowOrSet(TyperGroup):
    """`channels ACCOUNT …` is `channels show ACCOUNT …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words, with `show` before them where they name no command."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ShowOrSet,
    help="""See how an account used its channels, or change how many it buys.

\b
minutebook channels ACCOUNT … is minutebook channels show ACCOUNT …
""",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_PLOT = Column("plot", "", folds=False, drop=10)
_BY = ("server",)
_WIDTH = 24


@app.command("show")
@prints([*CHANNEL_DAYS, CHANNELS_SERVER, _PLOT])
def show_(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    by: Annotated[
        str | None, typer.Option(metavar="server", help="A line for each server and day.")
    ] = None,
) -> None:
    """Show how many channels an account held, day by day: peak, mean, 95th percentile.

    A channel is held from setup to end, ringing included. P95 is of the day's five-minute peaks;
    "above" is how long more were held than bought.

    \b
    Examples:
      minutebook channels acme --month 2026-10
      minutebook channels acme --from 2026-10-01 --to 2026-10-01 --by server
    """
    from minutebook.show.channel_use import ChannelUseView
    from minutebook.show.sentences.notes import channel_use_notes
    from minutebook.show.serialise import as_json

    if by not in (None, *_BY):
        raise typer.BadParameter(
            f"--by {by}{did_you_mean(by, _BY)}: channels go by {', '.join(_BY)}"
        )
    days = arguments.period(first, last, month)
    with book_of(context) as book:
        use = book.statements.channels(account, *days, by_server=by is not None)
    view = ChannelUseView.of(use)
    rows = as_json(view.days)
    columns = list(CHANNEL_DAYS)
    if by is not None:
        columns.insert(1, CHANNELS_SERVER)
    printing = format_of(context)
    if printing.format is OutputFormat.TABLE:
        columns.insert(columns.index(CHANNEL_DAYS[3]), _PLOT)
        _plotted(rows)
    title = f"{account}, {days[0]} to {days[1]}"
    show(printing, view, Sheet(columns, rows, title=title, notes=channel_use_notes(view)))


@app.command("set", context_settings={"ignore_unknown_options": True})
@prints(TERM)
def set_(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    number: Annotated[str, typer.Argument(metavar="N", help="Channels to buy.")],
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The first UTC day of them. Left out: tomorrow."),
    ] = None,
) -> None:
    """Change the number of channels that an account buys, prorated by the day.

    Days that are billed already are adjusted by the next run.

    \b
    Examples:
      minutebook channels set acme 200
      minutebook channels set acme 200 --on 2026-12-01
    """
    bought = arguments.count(number, "N")
    day = None if on is None else arguments.day(on, "--on")
    with book_of(context) as book:
        if not book.accounts.set_channels(account, bought, day):
            say(f"minutebook: {account} buys {bought:,} already; nothing was changed")
        show_term(format_of(context), book, account, day)


def _plotted(rows: list[dict[str, Any]]) -> None:
    """Add to each row a bar as long as its peak, and a mark where the channels bought end."""
    scale = max((max(row["peak"], row["channels_bought"] or 0) for row in rows), default=0)
    for row in rows:
        filled = -(-row["peak"] * _WIDTH // scale) if scale else 0
        bar = "█" * filled + " " * (_WIDTH - filled)
        if row["channels_bought"] is not None and scale:
            mark = min(_WIDTH - 1, row["channels_bought"] * _WIDTH // scale)
            bar = bar[:mark] + "│" + bar[mark + 1 :]
        row["plot"] = bar.rstrip()
