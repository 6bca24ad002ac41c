"""Why two sides differ, in words: from the records alone, and nothing that they do not show."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, october, on, take_in
from tests.two_sides import Row, cost, disputed, export, held, traffic

from minutebook.disputes.causes.classes import Difference
from minutebook.show.reconciliation.model import ReconciliationView
from minutebook.show.reconciliation.words import causes, reconciliation_words
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book


@pytest.fixture
def carrier(prepared: Callable[..., Book]) -> Book:
    return prepared(disputed)


def from_setup(rows: list[Row]) -> None:
    for row in rows[:150]:
        row["seconds"] += row["ring"]
        row["ring"] = 0


def later_by_seven(rows: list[Row]) -> None:
    for row in rows[:150]:
        row["seconds"] += 7


def in_minutes(rows: list[Row]) -> None:
    for row in rows:
        row["seconds"] = -(-row["seconds"] // 60) * 60


def cut_at_two_minutes(rows: list[Row]) -> None:
    for row in rows:
        row["seconds"] = min(row["seconds"], 120)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (from_setup, "Of 150 calls theirs are longer by the time that they rang"),
        (later_by_seven, "Of 150 calls theirs are 7 s longer each."),
        (in_minutes, "theirs are whole pulses of 60 s: as they are billed, not as they were used."),
        (cut_at_two_minutes, "theirs end at 120 s."),
    ],
)
def test_why_lengths_differ(
    carrier: Book, tmp_path: Path, change: Callable[[list[Row]], None], said: str
) -> None:
    """Ringing that is counted, an offset, billed lengths, a longest call."""
    rows = traffic()
    change(rows)
    found = held(carrier, export(tmp_path / "t.csv", rows))
    assert said in " ".join(causes(found, Difference.DURATION))
    assert {what for what, total in found.classes.items() if total.calls} == {Difference.DURATION}


def test_why_prices_differ(carrier: Book, tmp_path: Path) -> None:
    """The rate, the increment and the fee, of each prefix, to their decimals."""
    rows = traffic()
    for row in rows:
        called, seconds = row["called"], row["seconds"]
        match called[:3]:
            case "447":
                row["cost"] = cost(called, seconds, factor=Decimal("1.1"))
            case "442":
                row["cost"] = cost(called, seconds, increment=(60, 60))
            case _:
                row["cost"] = cost(called, seconds, fee=Decimal("0.02"))
    found = held(carrier, export(tmp_path / "t.csv", rows))
    calls = {what: total.calls for what, total in found.classes.items()}
    assert causes(found, Difference.RATE) == [
        f"To 447, {calls[Difference.RATE]} calls: 0.03421 a minute, ours is 0.0311."
    ]
    assert causes(found, Difference.INCREMENT) == [
        f"To 44, {calls[Difference.INCREMENT]} calls: billed by 60/60 s."
    ]
    assert causes(found, Difference.CONNECT_FEE) == [
        f"To 353, {calls[Difference.CONNECT_FEE]} calls: 0.03 a call, ours is 0.01."
    ]


def test_a_file_that_was_cut(carrier: Book, tmp_path: Path) -> None:
    """Their records end; where they do, and what we have after it."""
    end = on(8, 14)
    rows = [r for r in traffic() if r["at"] + timedelta(seconds=r["ring"]) < end]
    found = held(carrier, export(tmp_path / "t.csv", rows))
    missing = 400 - len(rows)
    assert found.classes[Difference.MISSING_THEIRS].calls == missing
    (said,) = causes(found, Difference.MISSING_THEIRS)
    assert said.startswith("They have no call from 2026-10-08 1")
    assert said.endswith(f"of which we have {missing}: their records end there.")


def test_an_outage_in_between(carrier: Book, tmp_path: Path) -> None:
    """A day on which they have nothing."""
    rows = [r for r in traffic() if r["at"].day != 5]
    found = held(carrier, export(tmp_path / "t.csv", rows))
    (said,) = causes(found, Difference.MISSING_THEIRS)
    assert said.startswith("They have no call from 2026-10-05 02:00 to 2026-10-05 2")
    assert said.endswith("of which we have 40.")
    (day,) = [day for day in found.days if day.day == october(5)]
    assert (day.ours.calls, day.theirs.calls) == (40, 0)
    assert len(day.hours) > 10


def test_answered_calls_alone(carrier: Book, tmp_path: Path) -> None:
    """An export that leaves unanswered calls out."""
    take_in(carrier, tmp_path, *(Call(f"n{n}", at=on(3, 9, n), seconds=None) for n in range(5)))
    found = held(carrier, export(tmp_path / "t.csv", traffic()))
    assert found.classes[Difference.MISSING_THEIRS].calls == 5
    said = " ".join(causes(found, Difference.MISSING_THEIRS))
    assert "All of them are unanswered: theirs hold answered calls alone." in said


def test_duplicates_name_their_side(carrier: Book, tmp_path: Path) -> None:
    """Whose records have a call twice, and how many."""
    rows = traffic()
    rows += [dict(rows[n]) for n in range(6)]
    found = held(carrier, export(tmp_path / "t.csv", rows))
    assert causes(found, Difference.DUPLICATE) == ["6 in their records."]


def test_times_without_a_zone(carrier: Book, tmp_path: Path) -> None:
    """The calls tell it: they are all there, and their clock is an hour ahead from a day on."""
    rows = traffic()
    for row in rows:
        row["at"] += timedelta(hours=1 if row["at"].day < 6 else 0)
    found = held(carrier, export(tmp_path / "t.csv", rows, ids=False, offset=False))
    assert found.matched_calls == 400
    said = " ".join(reconciliation_words(found))
    assert "400 records with times that name no zone; they are taken as UTC" in said
    assert "and the calls show how far that is off" in said
    assert "3,600 s ahead from 2026-10-01 to 2026-10-05, as another zone would be" in said
    assert as_json(ReconciliationView.of(found))["without_zone"] == 400


def test_a_zone_that_cannot_be_told(carrier: Book, tmp_path: Path) -> None:
    """Two calls agree by chance at most: it is said, and what to do."""
    rows = traffic()[:2]
    rows[1]["at"] += timedelta(hours=3)
    file = export(tmp_path / "t.csv", rows, ids=False, offset=False)
    said = " ".join(reconciliation_words(held(carrier, file)))
    assert "and the calls cannot tell; declare a source with its zone, and name it" in said


def test_records_without_setup_times(carrier: Book, tmp_path: Path) -> None:
    """They are matched by their answer, and what cannot be seen is said."""
    file = tmp_path / "t.csv"
    export(file, traffic(), ids=False)
    header, *lines = file.read_text().splitlines()
    at = header.split(",").index("setup_at")
    bare = [",".join("" if n == at else v for n, v in enumerate(x.split(","))) for x in lines]
    file.write_text("\n".join([header, *bare]) + "\n")
    found = held(carrier, str(file))
    assert found.matched_calls == 400
    assert "400 calls without a setup time" in " ".join(reconciliation_words(found))


def test_samples_and_days(carrier: Book, tmp_path: Path) -> None:
    """The calls of each class that differ most; each day on both sides, with its hours that differ."""
    rows = traffic()
    rows[3]["seconds"] += 300
    rows[4]["seconds"] += 100
    value = as_json(ReconciliationView.of(held(carrier, export(tmp_path / "t.csv", rows))))
    (longer,) = [part for part in value["classes"] if part["class"] == "duration"]
    first, second = longer["samples"]
    assert (first["ours"]["call_id"], second["ours"]["call_id"]) == ("c3", "c4")
    assert first["theirs"]["seconds"] - first["ours"]["seconds"] == 300
    assert Decimal(first["amount"]) < Decimal(second["amount"]) < 0
    assert [len(part["samples"]) for part in value["classes"] if part["calls"] == 0] == [0] * 9
    assert [day["day"] for day in value["days"]] == [f"2026-10-{d:02}" for d in range(1, 11)]
    assert sum(day["ours"]["calls"] for day in value["days"]) == 400
    unlike = {day["day"]: day["hours_that_differ"] for day in value["days"]}
    assert unlike["2026-10-04"] == [(rows[3]["at"] + timedelta(seconds=rows[3]["ring"])).hour]
    assert unlike["2026-10-01"] == []


def test_silence_on_both_sides(book: Book, tmp_path: Path) -> None:
    """A busy account's day without any call is named."""
    rows = [r for r in traffic() if r["at"].day != 7]
    disputed(book, tmp_path, rows)
    said = " ".join(reconciliation_words(held(book, export(tmp_path / "t.csv", rows))))
    assert "The two sides agree on all 360 calls." in said
    assert "Not a single call on either side on 2026-10-07." in said
