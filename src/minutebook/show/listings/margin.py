"""What is earned as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minutebook.show.margin import MarginView

MARGIN_GROUPS = [
    Column("account", "Account"),
    Column("provider", "Provider"),
    Column("destination", "Destination"),
    Column("day", "Day (UTC)"),
    Column("card", "Sold by card"),
]
MARGIN = [
    Column("calls", "Calls", number=True, drop=8),
    Column("answered", "Answered", number=True, drop=1),
    Column("minutes", "Minutes used", number=True, drop=7),
    Column("asr_percent", "ASR (%)", number=True, drop=5),
    Column("acd_seconds", "ACD (s)", number=True, drop=4),
    Column("sale", "Sale", money=True),
    Column("cost", "Cost", money=True),
    Column("margin", "Margin", money=True),
    Column("margin_percent", "Margin (%)", number=True, drop=6),
    Column("unknown_calls", "Unknown calls", number=True),
    Column("no_provider", "No provider", number=True, shown=False),
    Column("unknown_sale", "Unknown: sale", money=True, drop=3),
    Column("unknown_cost", "Unknown: cost", money=True, drop=2),
    Column("without_calls", "Days without calls", shown=False),
]


def margin_sheet(
    view: MarginView, groups: Sequence[str], words: Sequence[Sequence[str]] | None
) -> Sheet:
    """What is earned, with its sum; `words`: what people read of each row's groups, for who reads no codes."""
    from minutebook.show.serialise import as_json

    rows = as_json(view.rows)
    for row, said in zip(rows, words or (), strict=words is not None):
        row.update(zip(groups, said, strict=True))
    named = {column.key: column for column in MARGIN_GROUPS}
    foot = [{groups[0]: "Sum", **as_json(view.total)}]
    title = f"{view.from_} to {view.to}, in {view.currency}"
    columns = [*(named[group] for group in groups), *MARGIN]
    return Sheet(columns, rows, title=title, notes=view.notes, foot=foot)
