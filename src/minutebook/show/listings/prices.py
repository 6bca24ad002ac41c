"""What a call would cost, and the tables of numbers that some prices go by, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from minutebook.rating.steps import PriceStep

CALL_PRICE = [
    Column("prefix", "Prefix"),
    Column("destination", "Destination", drop=5),
    Column("rate", "Rate (a minute)", number=True),
    Column("increment", "Increment (s)", drop=3),
    Column("billed_seconds", "Billed (s)", number=True, drop=4),
    Column("connect_fee", "Connect fee", number=True, least=2, drop=1),
    Column("cost", "Cost", money=True),
    Column("effective_rate", "Effective rate (a minute)", number=True, drop=2),
    Column("currency", "Currency"),
    Column("error", "Error"),
]
NUMBER_TABLES = [
    Column("kind", "Table"),
    Column("rows", "Rows", number=True),
    Column("file", "File"),
    Column("imported_at", "Imported (UTC)"),
    Column("imported_by", "By", drop=2),
    Column("sha256", "SHA-256", drop=1),
]


def price_sheet(value: Mapping[str, Any], steps: Iterable[PriceStep]) -> Sheet:
    """The price of a call (as JSON), and how it came about."""
    from minutebook.show.sentences.prices import price_step

    columns = [column for column in CALL_PRICE if column.key in value]
    return Sheet(columns, [value], notes=[*map(price_step, steps)])
