"""`minutebook pay`: post a payment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import Printing, say, show
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.ledger.journal import Journal


CONTEXT = {"ignore_unknown_options": True}  # a negative amount is no option


POSTING = [
    Column("kind", "Kind"),
    Column("account", "Account"),
    Column("date", "Date (UTC)", drop=3),
    Column("amount", "Amount", money=True),
    Column("currency", "Currency"),
    Column("reference", "Reference", drop=2),
    Column("reverses", "Reverses", shown=False),
    Column("reason", "Reason", shown=False),
    Column("journal", "Journal", drop=1),
]


@prints(POSTING)
def pay_(
    context: typer.Context,
    reference: Annotated[
        str, typer.Option(metavar="R", help="Names the payment, so that it counts once.")
    ],
    account: Annotated[str | None, typer.Argument(help="Left out with --provider.")] = None,
    amount: Annotated[
        str | None, typer.Argument(help="Above 0, in the account's currency.")
    ] = None,
    provider: options.Provider = None,
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="When it was received. Left out: now.")
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Also on a day to come, or long before the account's first."),
    ] = False,
) -> None:
    """Post a payment to an account, or what we pay a provider, once by its reference.

    Undone by: minutebook reverse R --reason TEXT. Paid back by: minutebook refund.

    \b
    Examples:
      minutebook pay acme 250.00 --reference bank-2026-1017
      minutebook pay acme 250.00 --reference bank-2026-1017 --at 2026-10-17
      minutebook pay --provider vox 1200.00 --reference sepa-311
    """
    when = None if at is None else arguments.instant(at, "--at")
    holder, said = whose_amount(account, amount, provider)
    with book_of(context) as book:
        paid = arguments.amount(said, "amount")
        posting, new = book.ledger.pay(holder, paid, reference, when, force=force)
    show_posting(format_of(context), posting, new=new)


def whose_amount(account: str | None, amount: str | None, provider: str | None) -> tuple[str, str]:
    """The account in the ledger and the amount: with --provider the one word is the amount."""
    if provider is None:
        if account is None or amount is None:
            raise typer.BadParameter("say ACCOUNT and AMOUNT, or --provider NAME and AMOUNT")
        return account, amount
    if account is None:
        raise typer.BadParameter(f"the amount is missing: say --provider {provider} AMOUNT")
    return arguments.holder(None if amount is None else account, provider), amount or account


def show_posting(printing: Printing, posting: Journal, *, new: bool) -> None:
    """A payment or adjustment, and whether it is new."""
    from minutebook.show.runs import PaymentView

    view = PaymentView.of(posting, new=new)
    if not new:
        named = f"{posting.kind} {posting.reference!r}" if posting.reference else posting.reason
        say(f"minutebook: {named} was posted before; it counts once")
    show(printing, view, Sheet(POSTING, [view]))
