"""What `minutebook card import --preview` shows: what a deck would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.cli.context import format_of
from minutebook.cli.output import OutputFormat, say, show
from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    import typer

    from minutebook.billing.deck_preview import DeckPreview
    from minutebook.show.deck_previews import (
        CountryChangesView,
        DeckChangeView,
        DeckPreviewView,
        RevisionPreviewView,
    )

_KINDS = ("new", "dearer", "cheaper", "changed", "blocked", "removed", "unchanged")
CHANGES = [
    Column("revision", "Revision", number=True, shown=False),
    Column("country", "Country", drop=2),
    Column("prefix", "Prefix"),
    Column("name", "Destination", drop=1),
    Column("change", "Change"),
    Column("rate_before", "Before (a minute)", number=True),
    Column("rate_after", "After (a minute)", number=True),
    Column("terms", "Else", drop=3),
]
COUNTRIES = [
    Column("country", "Country"),
    *(Column(kind, kind.capitalize(), number=True) for kind in _KINDS),
]
TERMS = [
    Column("term", "Term"),
    Column("change", "Change"),
    Column("before", "Before"),
    Column("after", "After"),
]
CALLS = [
    Column("account", "Account"),
    Column("currency", "Currency", drop=1),
    Column("calls", "Calls", number=True, drop=3),
    Column("before", "Before", money=True),
    Column("after", "After", money=True),
    Column("difference", "More", money=True),
    Column("unpriced_before", "No price before", number=True, drop=2),
    Column("unpriced_after", "No price after", number=True),
]
COLUMNS = [
    Column("number", "Column", number=True, drop=1),
    Column("heading", "Heading"),
    Column("field", "Read as"),
    Column("unit", "In"),
]
_SHOWN, _OF_A_KIND = 25, 5
"""Of countries, and of the changes of a kind, so many are in a table."""


def show_preview(context: typer.Context, found: DeckPreview) -> None:
    """What a deck would change: CSV has every change, tables the largest."""
    from minutebook.show.deck_previews import DeckPreviewView, all_changes, preview_words
    from minutebook.show.decks import deck_source_words, deck_taken_words

    view = DeckPreviewView.of_preview(found)
    for sentence in (
        *deck_source_words(found.deck.source),
        *preview_words(view),
        *deck_taken_words(found.taken),
    ):
        say(f"minutebook: {sentence}")
    printing = format_of(context)
    if printing.format is OutputFormat.CSV:
        show(printing, view, Sheet(CHANGES, all_changes(found)))
        return
    sheets = []
    for one in view.revisions:
        of = f" of revision {one.revision}" if len(view.revisions) > 1 else ""
        sheets += _sheets(one, of)
    show(printing, view, *sheets, _columns(view))


def _sheets(one: RevisionPreviewView, of: str) -> list[Sheet]:
    """Its changes by country, the largest of them, its terms, and the calls."""
    from minutebook.show.serialise import as_json

    changed = [c for c in one.countries if any(getattr(c, kind) for kind in _KINDS[:-1])]
    rows = [_counted(country) for country in changed[:_SHOWN]]
    total = {"country": "all", **as_json(one.counts)}
    notes = []
    if len(changed) > _SHOWN:
        notes.append(f"… and {len(changed) - _SHOWN:,} more countries; see --format json.")
    sheets = [Sheet(COUNTRIES, rows, title=f"Prefixes{of} by country", notes=notes, foot=[total])]
    largest = [
        as_json(change)
        | {"country": country.country or "none", "terms": "; ".join(t.words for t in change.terms)}
        for kind in _KINDS
        for country, change in _largest(changed, kind)
    ]
    if largest:
        title = f"Largest changes{of}, at most {_OF_A_KIND} of a kind"
        sheets.append(Sheet(CHANGES, largest, title=title))
    if one.terms:
        sheets.append(Sheet(TERMS, as_json(one.terms), title=f"What the card says{of}"))
    if one.calls:
        sheets.append(Sheet(CALLS, as_json(one.calls), title=f"Calls{of}"))
    return sheets


def _counted(country: CountryChangesView) -> dict[str, object]:
    counts = {kind: getattr(country, kind) for kind in _KINDS}
    return {"country": country.country or "none", **counts}


def _largest(
    countries: list[CountryChangesView], kind: str
) -> list[tuple[CountryChangesView, DeckChangeView]]:
    found = [(c, change) for c in countries for change in c.largest if change.change == kind]
    found.sort(key=lambda pair: pair[1].size, reverse=True)
    return found[:_OF_A_KIND]


def _columns(view: DeckPreviewView) -> Sheet:
    """Which column was read as what."""
    from minutebook.show.serialise import as_json

    ignored = [
        {"number": None, "heading": text, "field": "not read", "unit": ""} for text in view.ignored
    ]
    notes = []
    if view.decimals is not None:
        notes.append(f"Decimals begin with a {view.decimals}.")
    if view.dates is not None:
        first = "day" if view.dates == "dmy" else "month"
        notes.append(f"Dates of numbers have the {first} first.")
    rows = [*as_json(view.columns), *ignored]
    return Sheet(COLUMNS, rows, title="Columns of the deck", notes=notes)
