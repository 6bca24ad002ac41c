"""Whether plans fit an account's traffic, and how many channels it needs, as tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.fit.capacity import Capacity
    from minutebook.show.review.every import EveryFitView
    from minutebook.show.review.model import ReviewView

CURVE = [
    Column("channels", "Channels", number=True),
    Column("lost_calls", "Lost calls", number=True),
    Column("lost_minutes", "Lost minutes", number=True),
    Column("loss", "Loss", number=True),
]
QUESTIONNAIRE = [Column("question", "Question"), Column("answer", "Answer", number=True)]
REVIEW = [
    Column("plan", "Plan"),
    Column("model", "Model", drop=8),
    Column("channels", "Channels", number=True),
    Column("servers", "Servers", number=True, drop=3),
    Column("usage", "For minutes", money=True, drop=4),
    Column("channels_cost", "For channels", money=True, drop=5),
    Column("minimum", "For minimum", money=True, drop=6),
    Column("short_calls", "For short calls", money=True, drop=11, shown=False),
    Column("cost", "Cost", money=True),
    Column("cost_per_minute", "Cost a minute", number=True, drop=10),
    Column("lost_calls", "Lost calls", number=True),
    Column("lost_minutes", "Lost minutes", number=True, drop=2),
    Column("loss", "Loss", number=True, drop=7),
    Column("unpriced_calls", "Unpriced calls", number=True, drop=1),
    Column("sure", "How sure", drop=9),
    Column("present", "Present plan"),
]
FITS = [
    Column("account", "Account"),
    Column("currency", "Currency", drop=3),
    Column("plan", "Plan"),
    Column("cost", "Costs", money=True),
    Column("recommended", "Cheapest that loses no call"),
    Column("channels", "Channels", number=True, drop=2),
    Column("recommended_cost", "Would cost", money=True, drop=1),
    Column("saves", "Saves", money=True),
    Column("switch_from", "Model may change from", drop=4),
]
OFFERED = [
    Column("plan", "Plan"),
    Column("model", "Model"),
    Column("channels", "Channels", number=True),
    Column("cost", "Cost", money=True),
    Column("lost_calls", "Lost calls", number=True),
    Column("comparable", "Comparable"),
    Column("present", "Present plan"),
]


def review_sheet(view: ReviewView) -> Sheet:
    """An account's traffic under every plan, the cheapest first."""
    has_short = any(row.short_calls for row in view.plans)
    columns = [replace(column, shown=column.shown or has_short) for column in REVIEW]
    title = f"{view.account}, {view.from_} to {view.to}, in {view.currency}"
    return Sheet(columns, view.plans, title=title, notes=view.words)


def fits_sheet(view: EveryFitView) -> Sheet:
    """Every account's plan beside the one that fits best, and why some have no line."""
    notes = [f"{one.account} has no review: {one.why}" for one in view.left_out]
    title = f"Do the plans fit? {view.from_} to {view.to}"
    return Sheet(FITS, view.accounts, title=title, notes=notes)


def capacity_sheets(found: Capacity) -> list[Sheet]:
    """What each number of channels would lose, with notes on how many to have; and the questions of a carrier."""
    from minutebook.show.capacity.model import CapacityView
    from minutebook.show.capacity.words import capacity_cautions, sizes

    view = CapacityView.of(found)
    title = f"{view.account}, {view.from_} to {view.to}"
    return [
        Sheet(CURVE, view.curve, title=title, notes=[*sizes(found), *capacity_cautions(found)]),
        Sheet(QUESTIONNAIRE, view.questionnaire),
    ]
