"""`minutebook plan`: what plans say, and which accounts are on them."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.listings.plans import (
    PLAN_ACCOUNTS,
    PLAN_TERMS,
    PLANS,
    REPLACED_TERMS,
    plan_sheets,
    plans_sheet,
)

app = typer.Typer(
    help="See what plans say, in words, and which accounts are on them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

At = Annotated[str | None, typer.Option(metavar="DATE", help="As on a UTC day. Left out: today.")]


@app.command("list")
@prints(PLANS)
def list_(context: typer.Context, at: At = None) -> None:
    """List plans, as they are in force on a day, with the number of accounts on each.

    \b
    Examples:
      minutebook plan list
      minutebook plan list --at 2026-10-31
    """
    from minutebook.show.declarations.plans import PlansView

    day = None if at is None else arguments.day(at, "--at")
    with book_of(context) as book:
        view = PlansView.of(book.plans.list(day))
    show(format_of(context), view, plans_sheet(view))


@app.command("show")
@prints(PLAN_TERMS, REPLACED_TERMS, PLAN_ACCOUNTS)
def show_(
    context: typer.Context, plan: Annotated[str, typer.Argument(metavar="NAME")], at: At = None
) -> None:
    """Show every revision of a plan, each term in words, what was replaced, and the accounts on it on a day.

    \b
    Examples:
      minutebook plan show minutes
      minutebook plan show minutes --at 2026-10-31
    """
    from minutebook.show.declarations.plans import PlanView

    day = None if at is None else arguments.day(at, "--at")
    with book_of(context) as book:
        view = PlanView.of(book.plans.show(plan, day))
    show(format_of(context), view, *plan_sheets(view))


@app.command("remove")
@prints(REMOVED)
def remove(
    context: typer.Context,
    plan: Annotated[str, typer.Argument()],
    reason: options.Reason,
) -> None:
    """Take a plan back that was declared by mistake, while nothing leans on it.

    No account is or was on it, and no day is billed under it. What it was stays in the history, with who and why; the name can be declared anew.

    \b
    Examples:
      minutebook plan remove minuets --reason "a slip of the keyboard"
    """
    with book_of(context) as book:
        show_removal(context, book.plans.remove(plan, reason))
