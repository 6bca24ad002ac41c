"""What a deck would change, as tables: prefixes by country, the largest changes, terms, calls, and what its columns were read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from minutebook.show.deck_previews import (
        CountryChangesView,
        DeckChangeView,
        DeckPreviewView,
        RevisionPreviewView,
    )

_KINDS = ("new", "dearer", "cheaper", "changed", "blocked", "removed", "unchanged")
DECK_CHANGES = [
    Column("revision", "Revision", number=True, shown=False),
    Column("country", "Country", drop=2),
    Column("prefix", "Prefix"),
    Column("name", "Destination", drop=1),
    Column("change", "Change"),
    Column("rate_before", "Before (a minute)", number=True),
    Column("rate_after", "After (a minute)", number=True),
    Column("terms", "Else", drop=3),
]
DECK_COUNTRIES = [
    Column("country", "Country"),
    *(Column(kind, kind.capitalize(), number=True) for kind in _KINDS),
]
CARD_TERMS = [
    Column("term", "Term"),
    Column("change", "Change"),
    Column("before", "Before"),
    Column("after", "After"),
]
PROFILES = [
    Column("name", "Profile"),
    Column("card", "Card", drop=3),
    Column("currency", "Currency"),
    Column("sheet", "Sheet", drop=4),
    Column("file", "Kept of", drop=2),
    Column("saved_at", "Kept (UTC)"),
    Column("saved_by", "By", drop=1),
]
PROFILE_COLUMNS = [
    Column("number", "Column", number=True, drop=1),
    Column("heading", "Heading"),
    Column("field", "Read as"),
    Column("unit", "In"),
]
DECK_CALLS = [
    Column("account", "Account"),
    Column("currency", "Currency", drop=1),
    Column("calls", "Calls", number=True, drop=3),
    Column("before", "Before", money=True),
    Column("after", "After", money=True),
    Column("difference", "More", money=True),
    Column("unpriced_before", "No price before", number=True, drop=2),
    Column("unpriced_after", "No price after", number=True),
]
DECK_COLUMNS = [
    Column("number", "Column", number=True, drop=1),
    Column("heading", "Heading"),
    Column("field", "Read as"),
    Column("unit", "In"),
]
_SHOWN, _OF_A_KIND = 25, 5
"""Of countries, and of the changes of a kind, so many are in a table."""


def deck_preview_sheets(view: DeckPreviewView) -> list[Sheet]:
    """All of them: of each revision that the deck would be, and at the end its columns."""
    sheets = []
    for one in view.revisions:
        of = f" of revision {one.revision}" if len(view.revisions) > 1 else ""
        sheets += _sheets(one, of)
    return [*sheets, _columns(view)]


def _sheets(one: RevisionPreviewView, of: str) -> list[Sheet]:
    """Its changes by country, the largest of them, its terms, and the calls."""
    from minutebook.show.serialise import as_json

    changed = [c for c in one.countries if any(getattr(c, kind) for kind in _KINDS[:-1])]
    rows = [_counted(country) for country in changed[:_SHOWN]]
    total = {"country": "all", **as_json(one.counts)}
    notes = []
    if len(changed) > _SHOWN:
        notes.append(f"… and {len(changed) - _SHOWN:,} more countries; see --format json.")
    sheets = [
        Sheet(DECK_COUNTRIES, rows, title=f"Prefixes{of} by country", notes=notes, foot=[total])
    ]
    largest = [
        as_json(change)
        | {"country": country.country or "none", "terms": "; ".join(t.words for t in change.terms)}
        for kind in _KINDS
        for country, change in _largest(changed, kind)
    ]
    if largest:
        title = f"Largest changes{of}, at most {_OF_A_KIND} of a kind"
        sheets.append(Sheet(DECK_CHANGES, largest, title=title))
    if one.terms:
        sheets.append(Sheet(CARD_TERMS, as_json(one.terms), title=f"What the card says{of}"))
    if one.calls:
        sheets.append(Sheet(DECK_CALLS, as_json(one.calls), title=f"Calls{of}"))
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
    return Sheet(DECK_COLUMNS, rows, title="Columns of the deck", notes=notes)
