"""What came of jobs that tell figures, as their commands print it: reviews of every account, the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.show.listings.fit import FITS
from minutebook.show.listings.margin import MARGIN, MARGIN_GROUPS
from minutebook.show.tables import Sheet
from minutebook.web.blocks import Block, PageTable, Words

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


TOLD: Mapping[str, Callable[[dict[str, Any]], list[Block]]] = {
    "reviews": told_reviews,
    "margin": told_margin,
}
"""By the kind of a job."""
