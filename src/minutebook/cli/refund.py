"""`minutebook refund`: pay money back."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.pay import POSTING, show_posting

CONTEXT = {"ignore_unknown_options": True}  # a negative amount is no option


@prints(POSTING)
def refund_(
    context: typer.Context,
    account: Annotated[str, typer.Argument()],
    amount: Annotated[str, typer.Argument(help="Above 0: what is paid back.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it shows in the journal.")],
    reference: Annotated[str, typer.Option(metavar="R", help="Names it, so that it counts once.")],
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="When it was paid back. Left out: now.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also more than the balance, or an unlikely day.")
    ] = False,
) -> None:
    """Pay money back to a customer, out of cash, once by its reference.

    It shows among the payments, with a minus. Not more than the balance without --force.

    \b
    Example:
      minutebook refund acme 100.00 --reason "paid twice" --reference back-17
    """
    when = None if at is None else arguments.instant(at, "--at")
    back = arguments.amount(amount, "amount")
    with book_of(context) as book:
        posting, new = book.ledger.refund(account, back, reason, reference, when, force=force)
    show_posting(format_of(context), posting, new=new)
