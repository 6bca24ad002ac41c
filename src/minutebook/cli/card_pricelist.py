"""`minutebook card pricelist`: a card as a price list for a customer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli import arguments, card_live, options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.file_kinds import kind_of_file
from minutebook.cli.output import PAGE_MARK, OutputFormat, check_output, say, show, write_output
from minutebook.errors import InputError
from minutebook.show.listings.price_lists import price_list_columns, price_list_sheets
from minutebook.show.tables import csv_text
from minutebook.words import counted

_KINDS = ("csv", "xlsx", "html")
_PRINTED = ("table", "json", "csv")
_PRICES = (
    "country", "name", "prefix", "rate", "connect_fee", "increment", "steps", "minimum_cost", "maximum_cost",
    "free_call_up_to", "free_seconds", "attempt_fee",
)  # fmt: skip
_TURNS = (
    "at", "name", "country", "prefix", "change", "rate_before", "rate_after", "increment_before", "increment_after", "also",
)  # fmt: skip


@prints(
    price_list_columns(dict.fromkeys(_PRICES, "")), price_list_columns(dict.fromkeys(_TURNS, ""))
)
def pricelist(
    context: typer.Context,
    card: card_live.CardName,
    file: Annotated[
        Path | None, typer.Argument(help="The file to write. Left out: it is printed.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="AT", help="The prices in force then. Left out: now.")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="KIND", help="html, xlsx or csv. Left out: by the file's name."
        ),
    ] = None,
    force: options.Force = False,
) -> None:
    """Show a card as a price list for a customer, with what changes on which date.

    Prefixes of one country and destination at one price are one line. The changes are those that the revision in
    force brought, and those of revisions to come. HTML is a page for a screen, a phone and A4: print it from a
    browser, on paper or as PDF. CSV has the prices alone. Without FILE it is printed, --format json too.

    \b
    Examples:
      minutebook card pricelist retail
      minutebook card pricelist retail prices.html
      minutebook card pricelist retail november.xlsx --at 2026-11-01
    """
    from minutebook.show.price_list_files import price_list_page, price_list_workbook
    from minutebook.show.price_lists import PriceListView

    printing = format_of(context)
    if file is None and format_ is not None:
        if format_ not in _PRINTED:
            raise InputError(f"--format {format_!r} is not printed; say which FILE to write")
        printing = replace(printing, format=OutputFormat(format_))
    kind = None if file is None else kind_of_file(file, format_, _KINDS)
    mark = PAGE_MARK if kind == "html" else None
    if file is not None:
        check_output(file, mark, force=force)
    when = None if at is None else arguments.instant(at, "--at")
    with book_of(context) as book:
        found = book.cards.price_list(card, when)
    prices, *turns = price_list_sheets(found)
    if file is None:
        show(printing, PriceListView.of_list(found), prices, *turns)
        return
    content: str | bytes = csv_text(prices)
    if kind != "csv":
        content = price_list_page(found) if kind == "html" else price_list_workbook(found)
    write_output(file, content, mark, force=force)
    say(f"minutebook: the price list is {file}, {counted(len(found.lines), 'line')}")
