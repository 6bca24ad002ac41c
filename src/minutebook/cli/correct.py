"""`minutebook correct`: what was recorded wrongly is billed rightly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, Printing, show
from minutebook.show.listings.corrections import (
    CORRECTIONS,
    EFFECTS,
    corrected_sheet,
    corrections_sheet,
)

if TYPE_CHECKING:
    from minutebook.corrections.recording import Corrected

CallId = Annotated[str | None, typer.Argument(help="The switch's id of the call.")]
Duration = Annotated[
    str | None, typer.Option(metavar="S", help="It lasted S seconds from answer to end.")
]
Account = Annotated[str | None, typer.Option(metavar="A", help="It is the call of this account.")]
Called = Annotated[
    str | None,
    typer.Option(metavar="N", help="It was to this number, as its source writes it."),
]
Void = Annotated[bool, typer.Option("--void", help="It never was, for the bill.")]
Cap = Annotated[
    str | None,
    typer.Option(metavar="S", help="With --from and --to: no call lasts longer than S seconds."),
]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Why; it is kept.")]
Of = Annotated[
    str | None,
    typer.Option("--of", metavar="ACCOUNT", help="With days: the calls of this account."),
]
Source = Annotated[
    str | None, typer.Option(metavar="NAME", help="The call, or the calls, of this source.")
]
Server = Annotated[
    str | None, typer.Option(metavar="NAME", help="The call, or the calls, of this server.")
]
Leg = Annotated[
    str | None, typer.Option(metavar="LEG", help="The leg, where several share the id.")
]
File = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A CSV file: call_id, and of duration_s, account, called, void what is right; source, server, leg where the id is not enough.",
    ),
]
Accept = Annotated[
    str | None,
    typer.Option(
        metavar="ID", help="Take this conflict of the quarantine instead of the first record."
    ),
]
Undo = Annotated[int | None, typer.Option(metavar="CORRECTION", help="Take a correction back.")]
List = Annotated[bool, typer.Option("--list", help="List all corrections instead.")]


@prints(EFFECTS, CORRECTIONS)
def correct_(
    context: typer.Context,
    call_id: CallId = None,
    duration: Duration = None,
    account: Account = None,
    called: Called = None,
    void: Void = False,
    cap: Cap = None,
    reason: Reason = None,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    of: Of = None,
    source: Source = None,
    server: Server = None,
    leg: Leg = None,
    file: File = None,
    accept: Accept = None,
    undo: Undo = None,
    dry_run: options.DryRun = False,
    list_: List = False,
) -> None:
    """Correct calls: what was recorded stays, the next bill posts the difference.

    A correction has its number, and stands beside the record with who made it, when and why. It is
    taken back by --undo. See what it would come to with --dry-run.

    \b
    Examples:
      minutebook correct 8f3a-1@lon-1 --duration 61.5 --reason "BYE was lost"
      minutebook correct 8f3a-1@lon-1 --account globex --reason "trunk" --dry-run
      minutebook correct 8f3a-1@lon-1 --void --reason "test call"
      minutebook correct --month 2026-10 --cap 7200 --reason "stuck calls"
      minutebook correct --month 2026-10 --of a-1 --account b-2 --reason "trunk"
      minutebook correct --file mended.csv --reason "switch was down"
      minutebook correct --accept 3f9a1c02 --reason "the later record is right"
      minutebook correct --undo 3 --reason "was right"
      minutebook correct --list
    """
    from minutebook import money

    if list_:
        _list(context)
        return
    days = None
    if (first, last, month) != (None, None, None):
        days = arguments.period(first, last, month)
    meant = [call_id, days, file, accept, undo]
    if sum(value is not None for value in meant) != 1:
        raise typer.BadParameter(
            "say what is meant, one of: CALL_ID, --from and --to (or --month), --file, --accept, --undo"
        )
    alone = (duration, account, called, cap, of, source, server, leg)
    if call_id is None and days is None and (void or any(v is not None for v in alone)):
        raise typer.BadParameter(
            "--file, --accept and --undo say it all; leave the other options out"
        )
    if call_id is not None and (cap is not None or of is not None):
        raise typer.BadParameter(
            "--cap and --of are for the calls of days; say --from and --to instead of CALL_ID"
        )
    if days is not None and (duration, called, leg) != (None, None, None):
        raise typer.BadParameter(
            "--duration, --called and --leg are of one call; name CALL_ID, or many in a --file"
        )
    why = options.need_reason(reason)
    with book_of(context) as book:
        if call_id is not None:
            length = None if duration is None else money.parse_seconds_ms(duration, "--duration")
            result = book.corrections.correct(
                call_id, why, duration_ms=length, called=called, account=account, void=void,
                source=source, server=server, leg=leg, dry_run=dry_run,
            )  # fmt: skip
        elif days is not None:
            most = None if cap is None else money.parse_seconds_ms(cap, "--cap")
            result = book.corrections.correct_many(
                *days, why, of_account=of, source=source, server=server, account=account,
                cap_ms=most, void=void, dry_run=dry_run,
            )  # fmt: skip
        elif file is not None:
            result = book.corrections.correct_by_file(file, why, dry_run=dry_run)
        elif accept is not None:
            result = book.corrections.accept(accept, why, dry_run=dry_run)
        else:
            result = book.corrections.undo(undo or 0, why, dry_run=dry_run)
    show_corrected(format_of(context), result)


def show_corrected(printing: Printing, result: Corrected) -> None:
    """Print what a correction did, or would do."""
    from minutebook.show.corrections import CorrectedView

    view = CorrectedView.of(result)
    sheet = corrected_sheet(view)
    if not view.accounts and printing.format is OutputFormat.TABLE:
        sheet = replace(sheet, columns=[])  # nothing changes, which the note says
    show(printing, view, sheet)


def _list(context: typer.Context) -> None:
    from minutebook.show.corrections import CallCorrectionsView

    with book_of(context) as book:
        view = CallCorrectionsView.of(book.corrections())
    show(format_of(context), view, corrections_sheet(view))
