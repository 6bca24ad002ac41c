"""A capacity as a page: what is shown, in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.reporting.page import PagePart, report_page
from minutebook.show.capacity.parts import foot, loss, over_time, week
from minutebook.show.capacity.words import capacity_words, questionnaire

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.fit.capacity import Capacity


def capacity_report(found: Capacity, now: datetime) -> str:
    """The page of a capacity."""
    traffic = found.traffic
    questions = PagePart(
        "Capacity, in answers",
        "What a provider asks before it gives capacity.",
        "",
        ("Question", "Answer"),
        questionnaire(found),
    )
    parts = [
        questions,
        over_time(found.bought, found.days),
        week(traffic),
        loss(found.demand.curve, found.demand.erlangs, found.demand.blocking, of_rest=True),
    ]
    title = f"Capacity of {found.account}: {traffic.first} to {traffic.last}"
    return report_page(
        title, capacity_words(found), parts, foot(now, found.account, found.assumptions.growth)
    )
