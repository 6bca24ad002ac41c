"""Plans as tables: in a list, and each with its terms in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.declarations.plans import PlansView, PlanView

PLANS = [
    Column("plan", "Plan"),
    Column("model", "Model"),
    Column("currency", "Currency"),
    Column("price", "Price"),
    Column("minimum_per_server", "Minimum per server and month", money=True, drop=3),
    Column("from", "In force from (UTC day)", drop=2),
    Column("revisions", "Revisions", number=True, drop=1),
    Column("accounts", "Accounts on it", number=True),
]
PLAN_TERMS = [
    Column("from", "From (UTC day)"),
    Column("term", "Term"),
    Column("is", "Is"),
]
REPLACED_TERMS = [
    Column("from", "From (UTC day)"),
    Column("term", "Term"),
    Column("was", "Was", told=True),
    Column("replaced_at", "Replaced (UTC)"),
    Column("by", "By", drop=1),
    Column("reason", "Reason", told=True, drop=2),
]
PLAN_ACCOUNTS = [
    Column("account", "Account"),
    Column("name", "Name"),
    Column("since", "On it since (UTC day)"),
    Column("channels", "Channels bought", number=True),
]


def plans_sheet(view: PlansView) -> Sheet:
    """Plans, as they are in force on a day."""
    from minutebook.show.serialise import as_json

    return Sheet(PLANS, [{**as_json(row), "from": row.from_ or "always"} for row in view.plans])


def plan_sheets(view: PlanView) -> list[Sheet]:
    """A plan's terms in words, what of them was replaced, and the accounts that are on it."""
    from minutebook.show.sentences.notes import plan_notes, plan_title, replaced_rows

    rows = [
        {"from": revision.from_ or "always", "term": words.term, "is": words.is_}
        for revision in view.revisions
        for words in revision.words
    ]
    sheets = [Sheet(PLAN_TERMS, rows, title=plan_title(view), notes=plan_notes(view))]
    if view.replaced:
        sheets.append(Sheet(REPLACED_TERMS, replaced_rows(view), title="What was replaced"))
    if view.accounts:
        sheets.append(Sheet(PLAN_ACCOUNTS, view.accounts))
    return sheets
