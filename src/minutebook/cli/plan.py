"""`minutebook plan`: what plans say, and which accounts are on them."""

from __future__ import annotations

from typing import Annotated

import typer

from minutebook.cli import arguments, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.cli.removal import REMOVED, show_removal
from minutebook.show.tables import Column, Sheet

app = typer.Typer(
    help="See what plans say, in words, and which accounts are on them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

LISTED = [
    Column("plan", "Plan"),
    Column("model", "Model"),
    Column("currency", "Currency"),
    Column("price", "Price"),
    Column("minimum_per_server", "Minimum per server and month", money=True, drop=3),
    Column("from", "In force from (UTC day)", drop=2),
    Column("revisions", "Revisions", number=True, drop=1),
    Column("accounts", "Accounts on it", number=True),
]
TERMS = [
    Column("from", "From (UTC day)"),
    Column("term", "Term"),
    Column("is", "Is"),
]
REPLACED = [
    Column("from", "From (UTC day)"),
    Column("term", "Term"),
    Column("was", "Was", told=True),
    Column("replaced_at", "Replaced (UTC)"),
    Column("by", "By", drop=1),
    Column("reason", "Reason", told=True, drop=2),
]
ACCOUNTS = [
    Column("account", "Account"),
    Column("name", "Name"),
    Column("since", "On it since (UTC day)"),
    Column("channels", "Channels bought", number=True),
]
At = Annotated[str | None, typer.Option(metavar="DATE", help="As on a UTC day. Left out: today.")]


@app.command("list")
@prints(LISTED)
def list_(context: typer.Context, at: At = None) -> None:
    """List plans, as they are in force on a day, with the number of accounts on each.

    \b
    Examples:
      minutebook plan list
      minutebook plan list --at 2026-10-31
    """
    from minutebook.show.declarations.plans import PlansView
    from minutebook.show.serialise import as_json

    day = None if at is None else arguments.day(at, "--at")
    with book_of(context) as book:
        view = PlansView.of(book.plans.list(day))
    rows = [{**as_json(row), "from": row.from_ or "always"} for row in view.plans]
    show(format_of(context), view, Sheet(LISTED, rows))


@app.command("show")
@prints(TERMS, REPLACED, ACCOUNTS)
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
    from minutebook.show.sentences.notes import plan_notes, plan_title, replaced_rows

    day = None if at is None else arguments.day(at, "--at")
    with book_of(context) as book:
        view = PlanView.of(book.plans.show(plan, day))
    rows = [
        {"from": revision.from_ or "always", "term": words.term, "is": words.is_}
        for revision in view.revisions
        for words in revision.words
    ]
    sheets = [Sheet(TERMS, rows, title=plan_title(view), notes=plan_notes(view))]
    if view.replaced:
        sheets.append(Sheet(REPLACED, replaced_rows(view), title="What was replaced"))
    if view.accounts:
        sheets.append(Sheet(ACCOUNTS, view.accounts))
    show(format_of(context), view, *sheets)


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
