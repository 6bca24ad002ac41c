"""Checks of what a deck changes: its preview, by prefix and by country."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
from tests.docs.rules.calls import plain
from tests.docs.rules.cards import deck
from tests.docs.rules.tables import each

from minutebook.cards.building.changes import price_changes
from minutebook.cards.countries import sole_countries
from minutebook.cards.deck_reading import DeckReading
from minutebook.cards.notice import Notice
from minutebook.cards.revision import ALWAYS, Card, Revision
from minutebook.cards.short_notice import short_notices
from minutebook.cards.tariff import Terms
from minutebook.errors import InputError
from minutebook.intake.deck_parts import DeckOrder, partial_parts
from minutebook.lake.card_store import CardStore, PlannedDecks
from minutebook.money import decimal_of_units

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row

_NOW = datetime(2026, 10, 1, tzinfo=UTC)


def written(said: str) -> pl.DataFrame:
    """A deck of rows as `44 0.01, 441 blocked`, an increment after a stroke."""
    rows = []
    for prefix, price in (one.split() for one in said.split(", ")):
        rate, _, pulse = price.partition("/")
        blocked = rate == "blocked"
        cells = {"rate": "" if blocked else rate, "status": rate if blocked else ""}
        rows.append({"prefix": prefix, **cells, "increment": pulse and f"{pulse}/{pulse}"})
    return deck(rows)


def preview_change(row: Row) -> dict[str, str]:
    """What becomes of two prefixes."""
    found = price_changes(written(row["Before"]), written(row["After"]))
    told = dict(found.select("prefix", "change").iter_rows())
    return {prefix: told[prefix] for prefix in ("44", "441")}


def sole_country(row: Row) -> dict[str, str]:
    """The one country of a prefix."""
    return {"Country": sole_countries(pl.Series([row["Prefix"]]))[0] or "none"}


def partial_deck(row: Row) -> dict[str, str]:
    """A partial deck over the revision in force."""
    with tempfile.TemporaryDirectory() as folder:
        store = PlannedDecks(CardStore(Path(folder)))
        before = written(row["In force"])
        revision = Revision("a", 1, ALWAYS, store.write(before), before.height, "", Terms(), _NOW)
        path = Path(folder) / "deck.csv"
        rows = [(one.split()[0], *one.split()[1:]) for one in row["Partial deck"].split(", ")]
        lines = [
            f"{p},{said[-1] if said[-1][0] == '0' else ''},{'' if said[0][0] == '0' else said[0]}"
            for p, *said in rows
        ]
        path.write_text("\n".join(["prefix,rate,status", *lines]))
        deck = DeckReading().read(path, partial=True)
    order = DeckOrder("a", deck, "", Terms(), None, "USD", _NOW, _NOW, partial=True)
    (part,) = partial_parts(deck, Card("a", "USD", (revision,)), store, order)
    told = part.rows.select("prefix", "rate", "status").iter_rows()
    return {
        "Revision": ", ".join(
            f"{prefix} {status if rate is None else plain(decimal_of_units(rate))}"
            for prefix, rate, status in told
        )
    }


_CELLS = {"code": "44", "sell": "0.01", "price": "0.01", "dear": "0.9", "fee": "0.1"}


def by_profile(row: Row) -> dict[str, str]:
    """A deck that is read by the profile of another one."""

    def path_of(headings: str) -> Path:
        names = headings.split(", ")
        cells = [_CELLS.get(name.lower(), "text") for name in names]
        path.write_text(",".join(names) + "\n" + ",".join(cells) + "\n", "utf-8")
        return path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.csv"
        reading = DeckReading({"rate": "Sell"}, ("Dear",))
        kept = reading.read(path_of("Code, Sell, Dear, Note"))
        profile = reading.kept_as("a", kept, "", "")
        beside = row["Said beside"]
        said = DeckReading(dict([beside.split("=")]) if beside else {}).by(profile)
        try:
            found = said.read(path_of(row["Next deck's headings"])).rows["rate"][0]
        except InputError:
            return {"Rate of 44": "refused"}
    return {"Rate of 44": plain(decimal_of_units(found))}


_NOTICE = Notice(rise=7, fall=0, new=0, closed=7)
_CAME = datetime(2026, 11, 1, 20, tzinfo=UTC)


def notice(row: Row) -> dict[str, str]:
    """What of a deck holds too soon."""
    at = datetime.fromisoformat(row["Holds from"]).replace(tzinfo=UTC)
    zone = ZoneInfo(row["Zone"])
    before, after = written(row["Before"]), written(row["After"])
    found = short_notices(_NOTICE, before, after, at, _CAME, zone, terms_differ=False)
    told = [f"{s.kind} {' '.join(s.prefixes)}: {s.given_days} of {s.owed_days}" for s in found]
    return {"Too soon": ", ".join(told)}


CHECKS = {
    "notice": each(notice),
    "by_profile": each(by_profile),
    "partial_deck": each(partial_deck),
    "preview_change": each(preview_change),
    "sole_country": each(sole_country),
}
