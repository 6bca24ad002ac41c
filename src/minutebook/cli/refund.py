"""`minutebook refund`: pay money back."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.pay import POSTING, show_posting, whose_amount

CONTEXT = {"ignore_unknown_options": True}  # a negative amount is no option


@prints(POSTING)
def refund_(
    context: typer.Context,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it shows in the journal.")],
    reference: Annotated[str, typer.Option(metavar="R", help="Names it, so that it counts once.")],
    account: Annotated[str | None, typer.Argument(help="Left out with --provider.")] = None,
    amount: Annotated[str | None, typer.Argument(help="Above 0: what is paid back.")] = None,
    provider: options.Provider = None,
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="When it was paid back. Left out: now.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also more than the balance, or an unlikely day.")
    ] = False,
) -> None:
    """Pay money back to a customer, out of cash, once by its reference.

    It shows among the payments, with a minus. Not more than the balance without --force.
    With --provider: what a provider pays back to us.

    \b
    Example:
      minutebook refund acme 100.00 --reason "paid twice" --reference back-17
    """
    when = None if at is None else arguments.instant(at, "--at")
    holder, said = whose_amount(account, amount, provider)
    back = arguments.amount(said, "amount")
    with book_of(context) as book:
        posting, new = book.ledger.refund(holder, back, reason, reference, when, force=force)
    show_posting(format_of(context), posting, new=new)
