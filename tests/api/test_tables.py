"""Answers as tables: CSV, Arrow and Parquet, beside what commands print."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import polars as pl
import pytest
from tests.api.conftest import OCTOBER

from minutebook.cli import run

if TYPE_CHECKING:
    from tests.api.conftest import Served

TABLES = {
    "accounts": ("account", "list", "--month", "2026-10"),
    "accounts/globex/statement": ("statement", "globex", "--month", "2026-10"),
    "accounts/globex/calls": ("calls", "globex", "--month", "2026-10"),
    "journal": ("journal", "--month", "2026-10"),
    "margin": ("margin", "--month", "2026-10"),
    "quarantine": ("calls", "--quarantine"),
}
MONEY = {"amount", "debit", "credit", "cost", "rate", "sale", "margin", "total", "balance", "spent"}


def _got(served: Served, path: str, accept: str = "", **query: object) -> tuple[bytes, str, str]:
    """The body, its media type, and where the next page is."""
    asked = f"?{urlencode(query)}" if query else ""
    request = urllib.request.Request(f"{served.at}/api/v1/{path}{asked}")
    request.add_header("Authorization", f"Bearer {served.keys['admin']}")
    request.add_header("Accept", accept)
    with urllib.request.urlopen(request) as answer:
        media = answer.headers["Content-Type"].partition(";")[0]
        return answer.read(), media, answer.headers.get("Link") or ""


def test_tables_are_those_of_the_commands_to_the_digit(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """CSV is what the command prints; Arrow and Parquet hold the same, amounts as decimals and never as floats."""
    for path, words in TABLES.items():
        days = {} if path == "quarantine" else OCTOBER
        body, media, _ = _got(served, path, "text/csv;q=0.9, */*;q=0.1", limit=10_000, **days)
        capsys.readouterr()
        run(["--book", str(served.book.path), "--format", "csv", *words])
        printed = capsys.readouterr().out
        assert media == "text/csv", path
        assert body.decode() == printed, path
        as_text = pl.read_csv(io.StringIO(printed), infer_schema=False)
        arrow = pl.read_ipc_stream(_got(served, path, format="arrow", limit=10_000, **days)[0])
        parquet = pl.read_parquet(_got(served, path, format="parquet", limit=10_000, **days)[0])
        assert arrow.equals(parquet), path
        assert arrow.columns == as_text.columns, path
        for name in MONEY.intersection(arrow.columns):
            assert arrow.schema[name] == pl.Decimal(38, 10), (path, name)
            told = [None if cell in (None, "") else Decimal(cell) for cell in as_text[name]]
            assert arrow[name].to_list() == told, (path, name)


def test_pages_of_a_table_lead_to_the_next(served: Served) -> None:
    whole = pl.read_parquet(_got(served, "accounts/globex/calls", format="parquet", **OCTOBER)[0])
    asked, parts = {"format": "arrow", "limit": "7", **OCTOBER}, []
    path = f"accounts/globex/calls?{urlencode(asked)}"
    while path:
        body, _, link = _got(served, path)
        parts.append(pl.read_ipc_stream(body))
        path = link.partition("/api/v1/")[2].partition(">")[0]
    assert len(parts) > 2
    assert pl.concat(parts).equals(whole)


@pytest.mark.provokes(
    "api/tables.py: there is no format ……; say …",
    when="A request of the API asks for a format that there is not.",
)
def test_a_format_that_there_is_not_is_told(served: Served) -> None:
    status, said, _ = served.ask("/api/v1/quarantine", format="xslx")
    assert status == 422
    assert said["detail"].startswith("there is no format 'xslx'")
    assert said["detail"].endswith("; say json, csv, arrow, parquet")
    assert _got(served, "quarantine", "text/html, application/json;q=0.5")[1] == "application/json"
    assert _got(served, "quarantine")[1] == "application/json"


def test_prices_are_a_table_whose_rates_are_numbers(served: Served) -> None:
    """A destination a row; what is not offered says so beside its rate. Without a card there is no list."""
    body, media, _ = _got(served, "accounts/globex/prices", format="csv")
    assert media == "text/csv"
    as_text = pl.read_csv(io.BytesIO(body), infer_schema=False)
    arrow = pl.read_ipc_stream(_got(served, "accounts/globex/prices", format="arrow")[0])
    assert arrow.columns == as_text.columns
    assert arrow.schema["rate"] == pl.Decimal(38, 10)
    assert dict(arrow.select("prefix", "rate").iter_rows()) == {
        "44": Decimal("0.01"), "447": Decimal("0.03"), "1": Decimal("0.004"),
    }  # fmt: skip
    assert set(arrow["status"]) == {"open"}
    with pytest.raises(urllib.error.HTTPError, match="422"):
        _got(served, "accounts/acme/prices", format="parquet")
