"""`minutebook reverse`: undo a payment."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.pay import POSTING, show_posting


@prints(POSTING)
def reverse_(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The reference of the payment or refund.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it shows in the journal.")],
    account: Annotated[
        str | None,
        typer.Option(metavar="ACCOUNT", help="Whose, where several have that reference."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="When it was undone. Left out: now.")
    ] = None,
) -> None:
    """Undo a payment or a refund by its reference, as where it bounced or was another customer's.

    It happens once; the reference is used up. It shows among the payments, with the other sign.

    \b
    Examples:
      minutebook reverse bank-2026-1017 --reason "bounced"
      minutebook reverse bank-2026-1017 --account acme --reason "paid by Globex"
    """
    when = None if at is None else arguments.instant(at, "--at")
    with book_of(context) as book:
        posting, new = book.ledger.reverse(reference, reason, account, when)
    show_posting(format_of(context), posting, new=new)
