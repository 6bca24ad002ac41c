"""What came of jobs that tell figures, as their commands print it: reviews of every account, the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.jobs.kinds import DECK_PREVIEW
from minutebook.show.listings.deck_previews import DECK_CALLS
from minutebook.show.listings.fit import FITS
from minutebook.show.listings.margin import MARGIN, MARGIN_GROUPS
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, Links, PageTable, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def told_reviews(result: dict[str, Any]) -> list[Block]:
    """Every account's plan beside the one that fits best; each leads to its own review."""
    days = f"from={result['from']}&to={result['to']}"
    leads = {"account": lambda row: f"/accounts/{row['account']}/review?{days}"}
    title = f"Do the plans fit? {result['from']} to {result['to']}"
    blocks: list[Block] = [
        PageTable(
            Sheet(FITS, result["accounts"]), leads, title=title, empty="No account had calls."
        )
    ]
    left = [f"{one['account']}: {one['why']}" for one in result["left_out"]]
    return [*blocks, Words(left, "Without a review")] if left else blocks


def told_margin(result: dict[str, Any]) -> list[Block]:
    """What was earned, by account, with its sum."""
    foot = [{"account": "Sum", **result["total"]}]
    title = f"{result['from']} to {result['to']}, in {result['currency']}"
    leads = {
        "account": lambda row: f"/accounts/{row['account']}" if row["account"] != "Sum" else None
    }
    sheet = Sheet([MARGIN_GROUPS[0], *MARGIN], result["rows"], foot=foot)
    return [PageTable(sheet, leads, title=title, empty="Nothing was earned.")]


def told_deck_preview(result: dict[str, Any]) -> list[Block]:
    """What the calls of the last days come to by the prices of before and by the deck, for each revision that it would be."""
    blocks: list[Block] = []
    for one in result["revisions"]:
        title = f"{result['card']} {one['revision']}: calls of {result['first_day']} to {result['last_day']}"
        blocks.append(PageTable(Sheet(DECK_CALLS, one["calls"]), title=title, empty="No account is charged by the card."))  # fmt: skip
        if one["set_aside"]:
            left = [f"{aside['account']}: {aside['reason']}" for aside in one["set_aside"]]
            blocks.append(Words(left, "Cannot be priced", alarming=True))
    return [*blocks, Links([("Decks that were sent", "/decks/new")])]


TOLD: Mapping[str, Callable[[dict[str, Any]], list[Block]]] = {
    "reviews": told_reviews,
    "margin": told_margin,
    DECK_PREVIEW: told_deck_preview,
}
"""By the kind of a job."""
