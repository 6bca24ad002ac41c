"""`minutebook explain`: from call to charge, or back."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import terminal
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import OutputFormat, show
from minutebook.show.listings.explanations import STEPS, steps_sheet


@prints(STEPS)
def explain_(
    context: typer.Context,
    call_id: Annotated[
        str | None, typer.Argument(metavar="CALL_ID", help="The switch's id of the call.")
    ] = None,
    charge: Annotated[
        str | None, typer.Option(metavar="ID", help="A journal's id, or the beginning of it.")
    ] = None,
) -> None:
    """Show the whole way from a call's record to the ledger, or from a charge back to its calls.

    Also why a call was not billed: it waits in quarantine, has no price, or its day is not billed yet.

    \b
    Examples:
      minutebook explain 214d8f52b566e33a@10.0.0.1
      minutebook explain --charge 5f0c2c1e
    """
    if (call_id is None) == (charge is None):
        raise typer.BadParameter("say CALL_ID, or --charge ID")
    from minutebook.show.explanations import CallExplanationsView, ChargeExplanationView

    view: ChargeExplanationView | CallExplanationsView
    with book_of(context) as book:
        if charge is not None:
            view = ChargeExplanationView.of_charge(book.statements.explain_charge(charge))
            explained = [view.steps]
        else:
            view = CallExplanationsView.of(book.statements.explain_call(str(call_id)))
            explained = [call.steps for call in view.calls]
    printing = format_of(context)
    if printing.format is OutputFormat.TABLE:
        told = (
            "".join(
                terminal.paragraph(f"{step:>3}. {words}", hang=5) + "\n"
                for step, words in enumerate(steps, start=1)
            )
            for steps in explained
        )
        terminal.write("\n".join(told), paged=printing.paged)
        return
    show(printing, view, steps_sheet(explained))
