"""Two exports of the same traffic: every planted difference is found, and none other."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.carriers import october
from tests.two_sides import Row, classes, cost, disputed, export, held, traffic

from minutebook.disputes.reconciliation import Shift
from minutebook.errors import InputError
from minutebook.show.reconciliation.words import reconciliation_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book


@pytest.fixture
def carrier(prepared: Callable[..., Book]) -> Book:
    return prepared(disputed)


@pytest.mark.parametrize("ids", [True, False])
def test_equal_sides_do_not_differ(carrier: Book, tmp_path: Path, ids: bool) -> None:
    """By their ids, and by numbers and times alone."""
    found = held(carrier, export(tmp_path / "t.csv", traffic(), ids=ids))
    assert classes(found) == {}
    assert found.matched_calls == 400
    assert found.ours == found.theirs
    assert found.unexplained.calls == 0


def drop(rows: list[Row]) -> tuple[str, int, Decimal]:
    gone = [rows.pop(10 * n) for n in range(7)]
    return "missing_theirs", 7, sum((cost(r["called"], r["seconds"]) for r in gone), Decimal(0))


def invent(rows: list[Row]) -> tuple[str, int, Decimal]:
    more = [
        {
            **rows[n],
            "id": f"new{n}",
            "called": "442079460555",
            "at": rows[n]["at"] + timedelta(minutes=9),
        }
        for n in range(5)
    ]
    rows += more
    return "missing_ours", 5, -sum((cost(r["called"], r["seconds"]) for r in more), Decimal(0))


def double(rows: list[Row]) -> tuple[str, int, Decimal]:
    more = [dict(rows[n]) for n in range(50, 56)]
    rows += more
    return "duplicate", 6, -sum((cost(r["called"], r["seconds"]) for r in more), Decimal(0))


def lengthen(rows: list[Row]) -> tuple[str, int, Decimal]:
    before = after = Decimal(0)
    for row in rows[100:120]:  # their clock runs from setup: ringing is charged
        before += cost(row["called"], row["seconds"])
        row["seconds"] += 7
        after += cost(row["called"], row["seconds"])
    return "duration", 20, before - after


def later(rows: list[Row]) -> tuple[str, int, Decimal]:
    for row in rows:
        if row["at"].day in (4, 5, 6):
            row["at"] += timedelta(hours=1)
    return "clock", 120, Decimal(0)


def dearer(rows: list[Row]) -> tuple[str, int, Decimal]:
    chosen = [r for r in rows if r["called"].startswith("447700900")]
    for row in chosen:
        row["cost"] = cost(row["called"], row["seconds"], factor=Decimal("1.1"))
    return (
        "rate",
        len(chosen),
        sum((cost(r["called"], r["seconds"]) - r["cost"] for r in chosen), Decimal(0)),
    )


def by_minutes(rows: list[Row]) -> tuple[str, int, Decimal]:
    chosen = [r for r in rows if r["called"].startswith("442079460")]
    for row in chosen:
        row["cost"] = cost(row["called"], row["seconds"], increment=(60, 60))
    off = [r for r in chosen if r["cost"] != cost(r["called"], r["seconds"])]
    return (
        "increment",
        len(off),
        sum((cost(r["called"], r["seconds"]) - r["cost"] for r in off), Decimal(0)),
    )


def finer(rows: list[Row]) -> tuple[str, int, Decimal]:
    for row in rows:
        row["cost"] = cost(row["called"], row["seconds"], places="0.000001")
    off = [r for r in rows if r["cost"] != cost(r["called"], r["seconds"])]
    return (
        "rounding",
        len(off),
        sum((cost(r["called"], r["seconds"]) - r["cost"] for r in off), Decimal(0)),
    )


def with_fee(rows: list[Row]) -> tuple[str, int, Decimal]:
    chosen = [r for r in rows if r["called"].startswith("353209100")]
    for row in chosen:
        row["cost"] = cost(row["called"], row["seconds"], fee=Decimal("0.02"))
    return "connect_fee", len(chosen), Decimal("-0.02") * len(chosen)


PLANTED = [drop, invent, double, lengthen, later, dearer, by_minutes, finer, with_fee]


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("plant", PLANTED)
def test_each_planted_difference_is_found_and_none_other(
    carrier: Book, tmp_path: Path, plant: Callable[[list[Row]], tuple[str, int, Decimal]], ids: bool
) -> None:
    """Its class, how many calls, and the money to the last digit; with ids and without."""
    rows = traffic()
    name, calls, amount = plant(rows)
    found = held(carrier, export(tmp_path / "t.csv", rows, ids=ids or name == "duplicate"))
    assert classes(found) == {name: (calls, amount)}
    assert found.unexplained.calls == 0


SWAPPED = {"missing_ours": "missing_theirs", "missing_theirs": "missing_ours"}


@pytest.mark.parametrize("plant", PLANTED)
def test_the_same_is_found_from_the_other_side(
    carrier: Book, tmp_path: Path, plant: Callable[[list[Row]], tuple[str, int, Decimal]]
) -> None:
    """Their file first and the lake second: the same classes, with the other sign."""
    rows = traffic()
    name, calls, amount = plant(rows)
    file = export(tmp_path / "t.csv", rows)
    found = carrier.reconcile(file, "lake", october(1), october(10), account="acme")
    assert classes(found) == {SWAPPED.get(name, name): (calls, -amount)}


def test_two_files_are_measured_by_the_one_that_our_cards_price(
    carrier: Book, tmp_path: Path
) -> None:
    """Whichever of them stands first."""
    rows = traffic()
    fair = export(tmp_path / "fair.csv", rows)
    _, calls, amount = dearer(rows)
    dear = export(tmp_path / "dear.csv", rows)
    for ours, theirs, sign in ((fair, dear, 1), (dear, fair, -1)):
        found = carrier.reconcile(ours, theirs, october(1), october(10), account="acme")
        assert classes(found) == {"rate": (calls, sign * amount)}


def test_our_file_without_amounts_is_priced_as_the_account_is(
    carrier: Book, tmp_path: Path
) -> None:
    """And what theirs price otherwise is told apart."""
    rows = traffic()
    silent = tmp_path / "ours.csv"
    lines = Path(export(tmp_path / "fair.csv", rows)).read_text().splitlines()
    silent.write_text("\n".join(line.rsplit(",", 1)[0] for line in lines) + "\n")
    _, calls, amount = dearer(rows)
    dear = export(tmp_path / "dear.csv", rows)
    found = carrier.reconcile(str(silent), dear, october(1), october(10), account="acme")
    assert classes(found) == {"rate": (calls, amount)}


def test_long_work_says_how_far_it_is(carrier: Book, tmp_path: Path) -> None:
    """The file is read to its end, then the steps are done one after the other."""
    told: list[tuple[str, int, int]] = []
    file = export(tmp_path / "t.csv", traffic())
    held(carrier, file, progress=lambda *what: told.append(what))
    size = Path(file).stat().st_size
    assert ("bytes", size, size) in told
    steps = [(done, of) for unit, done, of in told if unit == "steps"]
    assert steps == [(n, 5) for n in range(6)]


def test_amounts_that_agree_are_no_difference_in_money(carrier: Book, tmp_path: Path) -> None:
    """Lengths as they are billed, at the same price: longer, and worth nothing."""
    rows = traffic()
    for row in rows:
        row["cost"] = cost(row["called"], row["seconds"])
        row["seconds"] = -(-row["seconds"] // 60) * 60
    found = held(carrier, export(tmp_path / "t.csv", rows))
    assert set(classes(found)) == {"duration"}
    assert found.ours.units == found.theirs.units


def test_many_at_once(carrier: Book, tmp_path: Path) -> None:
    """Mixed: each class is found with its calls, and the money of all adds up."""
    rows = traffic()
    planted = [plant(rows) for plant in (later, dearer, drop, double)]
    found = held(carrier, export(tmp_path / "t.csv", rows))
    told = classes(found)
    assert set(told) == {name for name, *_ in planted}
    assert told["missing_theirs"][0] == 7
    assert told["duplicate"][0] == 6
    assert found.causes.shifts == (Shift(october(4), october(6), 3600),)
    assert (
        "Their times are 3,600 s ahead from 2026-10-04 to 2026-10-06, as another zone would be."
        in " ".join(reconciliation_words(found))
    )


def test_what_lies_in_the_period_for_one_side_alone(carrier: Book, tmp_path: Path) -> None:
    """A call at the last day's end that they have on the next day, after a shift of zones."""
    rows = traffic()
    late = [r for r in rows if r["at"].day == 10]
    for row in rows:
        row["at"] += timedelta(hours=8)
    outside = [r for r in late if (r["at"] + timedelta(seconds=r["ring"])).day == 11]
    assert outside
    found = held(carrier, export(tmp_path / "t.csv", rows))
    told = classes(found)
    assert told["day_boundary"] == (
        len(outside),
        sum((cost(r["called"], r["seconds"]) for r in outside), Decimal(0)),
    )
    assert told["clock"][0] == 400 - len(outside)


def test_records_without_amounts_are_priced_as_the_account_is(
    carrier: Book, tmp_path: Path
) -> None:
    """So that what is missing or longer has its money all the same."""
    rows = traffic()
    name, calls, amount = lengthen(rows)
    file = tmp_path / "t.csv"
    export(file, rows)
    lines = [line.rsplit(",", 1)[0] for line in file.read_text().splitlines()]
    file.write_text("\n".join(lines) + "\n")
    found = held(carrier, str(file))
    assert classes(found) == {name: (calls, amount)}
    assert "400 calls without an amount: compared by their lengths, not in money" in " ".join(
        reconciliation_words(found)
    )


def test_the_differing_calls_can_be_sent(carrier: Book, tmp_path: Path) -> None:
    """One row a difference, with both sides' records."""
    rows = traffic()
    drop(rows)
    found = held(carrier, export(tmp_path / "t.csv", rows))
    assert found.calls.height == 7
    assert set(found.calls["difference"]) == {"missing_theirs"}
    assert found.calls["their_call_id"].null_count() == 7
    assert found.calls["our_call_id"].null_count() == 0


def test_what_cannot_be_reconciled_is_said(carrier: Book, tmp_path: Path) -> None:
    """No calls; none shared; amounts that are none; nobody of the name."""
    rows = traffic()
    file = export(tmp_path / "t.csv", rows)
    with pytest.raises(InputError, match="lake has no calls from 2025-10-01 to 2025-10-02"):
        carrier.reconcile(
            "lake", file, october(1).replace(year=2025), october(2).replace(year=2025)
        )
    with pytest.raises(InputError, match="'nobody' is not declared"):
        carrier.reconcile("lake", file, october(1), october(2), account="nobody")
    rows[0]["cost"] = "1,50"
    with pytest.raises(InputError, match="cost: some decimals stand behind a comma"):
        held(carrier, export(tmp_path / "bad.csv", rows))
    strangers = [{**r, "id": f"x{n}", "called": "13055550199"} for n, r in enumerate(traffic())]
    for row in strangers:
        row["cost"] = Decimal("0.01")
    found = held(carrier, export(tmp_path / "x.csv", strangers))
    assert reconciliation_words(found)[0].startswith("The two sides share no call")
