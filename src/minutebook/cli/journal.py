"""`minutebook journal`: every entry, for the general ledger."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.days import FIRST_DAY, LAST_DAY
from minutebook.show.listings.postings import JOURNAL, TRIAL_BALANCE
from minutebook.show.tables import Sheet


@prints(JOURNAL, TRIAL_BALANCE)
def journal_(
    context: typer.Context,
    first: options.First = None,
    last: options.Last = None,
    month: options.Month = None,
    account: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Only what was posted to it.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Only usage, channels, minimum, payment or adjustment."),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="R",
            help="Only what has this reference, or undoes what has it; of any day, where none is said.",
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="AUTHOR", help="Only what was posted by them.")
    ] = None,
    trial: Annotated[
        bool,
        typer.Option(
            "--trial-balance",
            help="Sum them up by ledger account and month; prove that they balance.",
        ),
    ] = False,
) -> None:
    """Show every entry of the ledger that stands on these days; each journal sums to zero.

    What is said to choose them must all hold. In JSON and CSV `amount` is the entry with its sign: credits
    positive, debits negative. A trial balance has every ledger account with entries in a month or a balance at
    its end; credits are positive in the balance. It ends with status 1 if debits are not as much as credits.

    \b
    Examples:
      minutebook journal --month 2026-10
      minutebook journal --month 2026-10 --account acme --kind payment
      minutebook journal --reference bank-1001
      minutebook journal --month 2026-10 --trial-balance
      minutebook --format csv journal --month 2026-10 > gl.csv
    """
    from minutebook.show.runs import JournalView
    from minutebook.show.serialise import as_json
    from minutebook.show.trial_balance import TrialBalanceView

    always = reference is not None and (first, last, month) == (None, None, None)
    days = (FIRST_DAY, LAST_DAY) if always else arguments.period(first, last, month)
    printing = format_of(context)
    with book_of(context) as book:
        if not trial:
            entries = book.ledger.journal(
                *days, account=account, kind=kind, reference=reference, by=by
            )
            view = JournalView.of(*days, entries)
            show(printing, view, Sheet(JOURNAL, view.entries))
            return
        balance = book.ledger.trial_balance(
            *days, account=account, kind=kind, reference=reference, by=by
        )
    tried = TrialBalanceView.of(*days, balance)
    foot = [{"month": "Sum", **as_json(total)} for total in tried.sum]
    show(printing, tried, Sheet(TRIAL_BALANCE, tried.lines, notes=tried.notes, foot=foot))
    if not tried.balanced:
        raise typer.Exit(1)
