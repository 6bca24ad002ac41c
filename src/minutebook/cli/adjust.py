"""`minutebook adjust`: a credit, refund, bounced payment or fee by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.pay import POSTING, show_posting, whose_amount

CONTEXT = {"ignore_unknown_options": True}  # a negative amount is no option


@prints(POSTING)
def adjust_(
    context: typer.Context,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it shows in the journal.")],
    reference: Annotated[str, typer.Option(metavar="R", help="Names it, so that it counts once.")],
    account: Annotated[str | None, typer.Argument(help="Left out with --provider.")] = None,
    amount: Annotated[str | None, typer.Argument(help="Above 0 a credit, below 0 a fee.")] = None,
    provider: options.Provider = None,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The UTC day that it stands on. Left out: today."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Also on a day to come, or long before the account's first."),
    ] = False,
) -> None:
    """Post a credit, refund, bounced payment or fee by hand, once by its reference.

    Money that comes or goes through the bank is better posted by pay, refund and reverse: these
    go through cash, and show among the payments. With --provider above 0 is what it charges besides,
    below 0 a credit note of its.

    \b
    Examples:
      minutebook adjust acme 12.50 --reason "outage, 3 October" --reference c-17
      minutebook adjust acme -250.00 --reason "payment bounced" --reference b-17
    """
    day = None if on is None else arguments.day(on, "--on")
    holder, said = whose_amount(account, amount, provider)
    with book_of(context) as book:
        posting, new = book.ledger.adjust(
            holder, arguments.amount(said, "amount"), reason, reference, day, force=force
        )
    show_posting(format_of(context), posting, new=new)
