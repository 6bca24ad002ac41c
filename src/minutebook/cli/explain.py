"""`minutebook explain`: from call to charge, or back."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli.context import book_of, format_of
from minutebook.cli.output import Column, Format, Sheet, show


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

    \b
    Examples:
      minutebook explain 214d8f52b566e33a@10.0.0.1
      minutebook explain --charge 5f0c2c1e
    """
    if (call_id is None) == (charge is None):
        raise typer.BadParameter("say CALL_ID, or --charge ID")
    with book_of(context) as book:
        if charge is not None:
            values = [book.explain_charge(charge).to_json()]
        else:
            values = [explanation.to_json() for explanation in book.explain_call(str(call_id))]
    if format_of(context) is Format.TABLE:
        for number, value in enumerate(values):
            if number:
                print()
            for step, words in enumerate(value["steps"], start=1):
                print(f"{step:>3}. {words}")
        return
    rows = [
        {"step": n, "explanation": words}
        for value in values
        for n, words in enumerate(value["steps"], start=1)
    ]
    columns = [Column("step", "Step", number=True), Column("explanation", "Explanation")]
    show(
        format_of(context),
        values[0] if charge is not None else {"calls": values},
        Sheet(columns, rows),
    )
