"""Checks of whose price holds: prefixes, numbers, levels, changes by hand, revisions, accounts."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from tests.docs.rules.calls import plain, rounding
from tests.docs.rules.tables import each

from minutebook.calls.identify import AccountSpan, Directory, MatchRule, identified
from minutebook.calls.numbers import normalised_series
from minutebook.calls.source import Source
from minutebook.cards.decks import DECK_SCHEMA, Deck, read_deck
from minutebook.cards.editing import CardEdit, edited_rows
from minutebook.cards.price_list import price_turns
from minutebook.cards.revision import ALWAYS, Card, Interval, Revision
from minutebook.cards.tariff import Increment, Tally, Terms
from minutebook.errors import InputError
from minutebook.money import units
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable
from minutebook.show.deck_export import dated_deck_file
from minutebook.show.deck_rows import deck_rows

if TYPE_CHECKING:
    from tests.docs.rules.tables import Row

_KEYS = ("account_code", "trunk", "caller_prefix", "server")


def deck(rows: list[dict[str, str]]) -> pl.DataFrame:
    """The rows of a deck that is read as any is."""
    return read(rows).frame


def read(rows: list[dict[str, str]]) -> Deck:
    """The rows as a file, read as any deck is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.csv"
        with path.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(rows[0])
            writer.writerows(row.values() for row in rows)
        return read_deck(path)


def by_deck(row: Row) -> dict[str, str]:
    """A call by the deck that stands on the page."""
    rows = [{h: r[h] for h in r.cells} for r in row.given["deck"]]
    table = RateTable.of_card(deck(rows), plan=Terms(), tally=Tally.CALL)
    found = price_one(row["Called"], Decimal(row["Duration (s)"]), table)
    return {
        "Row": found.prefix or "none",
        "Billed (s)": str(found.billed_seconds),
        "Cost": plain(found.cost) if found.status == "priced" else f"not billed: {found.status}",
    }


def level(key: str, said: str) -> dict[str, Any]:
    if not said:
        return {}
    made = {
        "Increment": Increment.parse,
        "Connect fee": Decimal,
        "Rounding": rounding,
        "Minimum cost": Decimal,
    }
    return {key.lower().replace(" ", "_"): made[key](said)}


def levels(row: Row) -> dict[str, str]:
    """A term that row, card and plan may each say: one call shows which holds."""
    key = row["Term"]
    cells: dict[str, Any] = dict.fromkeys(DECK_SCHEMA) | {
        "prefix": "44",
        "rate": units(Decimal("0.01")),
        "status": "open",
    }
    said = level(key, row["Row says"])
    if "increment" in said:
        cells |= {"minimum_s": said["increment"].minimum_s, "pulse_s": said["increment"].pulse_s}
    if "connect_fee" in said:
        cells["connect_fee"] = units(said["connect_fee"])
    if "minimum_cost" in said:
        cells["minimum_cost"] = units(said["minimum_cost"])
    if "rounding" in said:
        rule = said["rounding"]
        cells |= {"rounding_method": str(rule.method), "rounding_precision": rule.precision}
    table = RateTable.of_card(
        pl.DataFrame([cells], schema=DECK_SCHEMA),
        card=Terms(**level(key, row["Card says"])),
        plan=Terms(**level(key, row["Plan says"])),
        tally=Tally.CALL,
    )
    found = price_one("44", Decimal(row["Duration (s)"]), table)
    return {"Billed (s)": str(found.billed_seconds), "Cost": plain(found.cost)}


def lone_pulse(row: Row) -> dict[str, str]:
    """A deck whose only increment is a pulse."""
    frame = deck([{"prefix": "44", "rate": "1", "pulse": row["Pulse of the row"]}])
    plan = Terms(increment=Increment.parse(row["Increment of the plan"]))
    table = RateTable.of_card(frame, plan=plan, tally=Tally.CALL)
    found = price_one("44", Decimal(row["Duration (s)"]), table)
    return {"Billed by": str(found.increment), "Billed (s)": str(found.billed_seconds)}


def card_as_deck(row: Row) -> dict[str, str]:
    """The rows of a prefix whose price is so in each revision, as a deck with dates."""
    parts = []
    for n, (held, price) in enumerate(
        zip(row["In force"].split(", "), row["Price of 44"].split(", "), strict=True), 1
    ):
        words = held.removeprefix("from ").split(" to ")
        start = ALWAYS if words[0] == "always" else instant(words[0])
        end = instant(words[1]) if len(words) > 1 else None
        revision = Revision("a-z", n, None, "", 1, "", Terms(), instant("2026-01-01"))
        parts.append((Interval(start, end, revision), deck([{"prefix": "44", "rate": price}])))
    revisions = tuple(part.revision for part, _ in parts if part.revision)
    content = dated_deck_file(Card("a-z", "USD", revisions), parts, "csv").content.decode()
    said = []
    for cells in csv.DictReader(content.splitlines()):
        begins = f" from {cells['effective']}" if cells["effective"] else ""
        said.append(cells["rate"] + begins + (f" to {cells['end']}" if cells["end"] else ""))
    return {"Rows of 44": ", ".join(said)}


def changed_by_hand(row: Row) -> dict[str, str]:
    """A row of the page's deck after a change."""
    rows = deck([{h: r[h] for h in r.cells} for r in row.given["deck"]])
    (word, _, rest), prefix = row["Change"].partition(" "), row["Row"]
    nothing = {"Connect fee": "", "Increment": "", "Status": ""}
    try:
        if word in ("block", "remove"):
            edit = CardEdit.of({}, *((rest,), ()) if word == "block" else ((), (rest,)))
        else:
            edit = CardEdit.of({word: rest.removeprefix("at ")}, (), ())
        found = edited_rows(rows, edit, "the deck").filter(pl.col("prefix") == prefix)
    except InputError:
        return {"Rate": "refused", **nothing}
    if not found.height:
        return {"Rate": "none", **nothing}
    (cells,) = deck_rows(found, Terms(), "USD")
    keys = {
        "Rate": "rate",
        "Connect fee": "connect_fee",
        "Increment": "increment",
        "Status": "status",
    }
    return {heading: cells[key] or "" for heading, key in keys.items()}


def price_turn(row: Row) -> dict[str, str]:
    """What becomes of the numbers of a prefix, from one deck to another."""
    both = []
    for said in (row["Before"], row["After"]):
        cells = []
        for part in said.split(", "):
            prefix, _, price = part.replace(" blocked", " at blocked").partition(" at ")
            rate, _, increment = price.partition(" by ")
            cells.append({"prefix": prefix, "rate": rate, "increment": increment})
        both.append({one["prefix"]: one for one in deck_rows(deck(cells), Terms(), "USD")})
    prefix = row["Prefix"]
    turns = price_turns(*both, instant("2026-11-01"))
    found = [turn.change for turn in turns if prefix in turn.line.prefixes]
    return {"Change": found[0] if found else "none"}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def in_force(row: Row) -> dict[str, str]:
    """The revision of the page's card that prices a call."""
    at = {"always": "0001-01-01"}
    revisions = tuple(
        Revision(
            "a-z",
            int(r["Revision"]),
            None if r["Live from"] == "draft" else instant(at.get(r["Live from"], r["Live from"])),
            "",
            1,
            "",
            Terms(),
            instant("2026-01-01"),
        )
        for r in row.given["revisions"]
    )
    found = Card("a-z", "USD", revisions).in_force(instant(row["Answered at"]))
    return {"In force": "none" if found is None else str(found.number)}


def said_of_cards(row: Row) -> dict[str, str]:
    """The revision in force after all that was said."""
    revisions = (
        Revision("a-z", n, None, "", 1, "", Terms(), instant("2026-01-01")) for n in (1, 2, 3)
    )
    card = Card("a-z", "USD", tuple(revisions))
    for said in row["Said, in this order"].split(", "):
        number, what, when = said.split(" ")
        at = instant("0001-01-01" if when == "always" else when)
        change = card.with_live if what == "live" else card.with_withdrawn
        card = change(int(number), at)
    found = card.in_force(instant(row["Answered at"]))
    return {"In force": "none" if found is None else str(found.number)}


def digits(row: Row) -> dict[str, str]:
    source = Source(
        "s",
        country=row["Country"] or None,
        tech_prefixes=tuple(row["Technical prefixes"].split()),
    )
    return {"Digits": normalised_series(pl.Series([row["Written"]]), source)[0]}


def whose(row: Row) -> dict[str, str]:
    """A call by the match tables and first days that stand on the page."""
    rules = tuple(
        MatchRule(r["Account"], **{key: r[key] for key in _KEYS if r[key]})
        for r in row.given["matches"]
    )
    spans = tuple(
        AccountSpan(
            r["Account"],
            date.fromisoformat(r["First day"]),
            date.fromisoformat(r["Last day"]) if r["Last day"] else None,
        )
        for r in row.given["accounts"]
    )
    at = instant(row.get("Answered", "2026-10-15T12:00:00"))
    call = {
        "account": row.get("Account named", "") or None,
        "account_code": row["account_code"] or None,
        "trunk": row["trunk"] or None,
        "server": row["server"] or None,
        "caller": row["Caller"],
        "setup_at": at,
        "answered_at": at,
        "reason": None,
        "detail": None,
    }
    moment = pl.Datetime("us", "UTC")
    kinds = dict.fromkeys(call, pl.String()) | {"setup_at": moment, "answered_at": moment}
    found = identified(pl.DataFrame([call], schema=kinds), Directory(rules, spans))
    (said,) = found.to_dicts()
    by = said["matched_by"]
    return {"Whose": f"{said['account']}, by {by}" if by else f"waits: {said['reason']}"}


CHECKS = {
    "by_deck": each(by_deck),
    "levels": each(levels),
    "lone_pulse": each(lone_pulse),
    "card_as_deck": each(card_as_deck),
    "changed_by_hand": each(changed_by_hand),
    "price_turn": each(price_turn),
    "in_force": each(in_force),
    "said_of_cards": each(said_of_cards),
    "digits": each(digits),
    "whose": each(whose),
}
