"""Calls against the totals of an invoice: by day, by destination, by both."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import Call, october, on, take_in
from tests.two_sides import Row, classes, cost, disputed, export, held, traffic

from minutebook.disputes.causes.classes import Difference
from minutebook.disputes.reconciliation import Sum
from minutebook.errors import InputError
from minutebook.show.reconciliation.model import ReconciliationView
from minutebook.show.reconciliation.words import causes, reconciliation_words
from minutebook.show.serialise import as_json
from minutebook.show.totals import TotalView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

NAMES = {"442": "United Kingdom", "447": "UK Mobile", "353": "ireland"}  # as they write them


@pytest.fixture
def carrier(prepared: Callable[..., Book]) -> Book:
    return prepared(disputed)


def invoice(
    path: Path, rows: list[Row], *by: str, zone_hours: float = 0, length: str = "Seconds"
) -> str:
    """Their invoice: a line for each day and destination, as asked, and a line of totals."""
    lines: dict[tuple[str, ...], list[Any]] = defaultdict(lambda: [0, 0, Decimal(0)])
    for row in rows:
        at = row["at"] + timedelta(seconds=row["ring"], hours=zone_hours)
        key = {"Date": f"{at:%Y-%m-%d}", "Destination": NAMES[row["called"][:3]]}
        line = lines[tuple(key[name] for name in by)]
        line[0] += 1
        line[1] += row.get("billed", row["seconds"])
        line[2] += row["cost"] if "cost" in row else cost(row["called"], row["seconds"])
    unit = {"Seconds": 1, "Minutes": 60}[length]
    text = [",".join([*by, "Calls", length, "Amount"])]
    for key, (calls, seconds, amount) in sorted(lines.items()):
        text.append(",".join([*key, str(calls), f"{seconds / unit:.6g}", str(amount)]))
    total = sum(line[2] for line in lines.values())
    text.append(",".join(["Total", *[""] * (len(by) - 1), str(len(rows)), "", str(total)]))
    path.write_text("\n".join(text) + "\n")
    return str(path)


@pytest.mark.parametrize("by", [("Date",), ("Destination",), ("Date", "Destination")])
def test_equal_sides_do_not_differ(carrier: Book, tmp_path: Path, by: tuple[str, ...]) -> None:
    """However the invoice is divided, and however it writes a destination."""
    found = held(carrier, invoice(tmp_path / "i.csv", traffic(), *by))
    assert classes(found) == {}
    assert found.ours == found.theirs
    assert found.matched_calls == {1: 10 if by == ("Date",) else 3, 2: 30}[len(by)]
    assert "The two sides agree on all 400 calls." in reconciliation_words(found)


def test_lengths_in_minutes(carrier: Book, tmp_path: Path) -> None:
    """What their last decimal rounds away is rounding."""
    found = held(carrier, invoice(tmp_path / "i.csv", traffic(), "Date", length="Minutes"))
    assert set(classes(found)) <= {"rounding"}
    assert found.classes[Difference.ROUNDING].units == 0


def lacking(rows: list[Row]) -> Decimal:
    gone = [row for row in rows if row["at"].day == 3]
    rows[:] = [row for row in rows if row["at"].day != 3]
    return sum((cost(r["called"], r["seconds"]) for r in gone), Decimal(0))


def dearer(rows: list[Row]) -> Decimal:
    made = Decimal(0)
    for row in rows:
        row["cost"] = cost(row["called"], row["seconds"]) * Decimal("1.1")
        made += cost(row["called"], row["seconds"]) - row["cost"]
    return made


def by_the_minute(rows: list[Row]) -> Decimal:
    made = Decimal(0)
    for row in rows:
        row["cost"] = cost(row["called"], row["seconds"], increment=(60, 60))
        row["billed"] = -(-row["seconds"] // 60) * 60
        made += cost(row["called"], row["seconds"]) - row["cost"]
    return made


def with_a_fee(rows: list[Row]) -> Decimal:
    for row in rows:
        row["cost"] = cost(row["called"], row["seconds"]) + Decimal("0.02")
    return Decimal("-0.02") * len(rows)


@pytest.mark.parametrize(
    ("plant", "name", "said"),
    [
        (lacking, "missing_theirs", None),
        (dearer, "rate", "On 10 lines: 1.1 times our price."),
        (by_the_minute, "increment", "On 10 lines: billed by 60/60 s."),
        (with_a_fee, "connect_fee", "0.02 more on each call."),
    ],
)
def test_each_planted_difference_is_found_by_day(
    carrier: Book,
    tmp_path: Path,
    plant: Callable[[list[Row]], Decimal],
    name: str,
    said: str | None,
) -> None:
    """Its class and its money, to what rounding each call makes; and the likely cause."""
    rows = traffic()
    amount = plant(rows)
    found = held(carrier, invoice(tmp_path / "i.csv", rows, "Date"))
    told = {str(what): total.amount for what, total in found.classes.items() if total.units}
    assert max(told, key=lambda what: abs(told[what])) == name
    assert set(told) <= {name, "rounding"}
    assert abs(told[name] - amount) <= Decimal("0.0001") * 400
    if said is not None:
        assert causes(found, Difference(name)) == [said]


def test_a_destination_has_its_own_rate(carrier: Book, tmp_path: Path) -> None:
    """Only the destination that is dearer differs."""
    rows = traffic()
    for row in rows:
        if row["called"].startswith("447"):
            row["cost"] = cost(row["called"], row["seconds"], factor=Decimal("1.25"))
    found = held(carrier, invoice(tmp_path / "i.csv", rows, "Destination"))
    assert causes(found, Difference.RATE) == ["On UK mobile: 1.25 times our price."]
    (line,) = as_json(ReconciliationView.of(found))["classes"][6]["samples"]
    assert (line["day"], line["destination"]) == (None, "UK mobile")
    assert "Without days its zone cannot be told" in " ".join(reconciliation_words(found))


@pytest.mark.parametrize("hours", [2, -5, 5.5])
def test_days_of_another_zone(carrier: Book, tmp_path: Path, hours: float) -> None:
    """Their zone is found from the days' totals; what is left is at the period's ends."""
    rows = traffic()
    for row in rows:
        row["at"] += timedelta(hours=row["at"].minute % 8)  # around the clock
    ours = export(tmp_path / "ours.csv", rows)
    theirs = invoice(tmp_path / "i.csv", rows, "Date", zone_hours=hours)
    found = carrier.reconcile(ours, theirs, october(1), october(10))
    explained = sum(total.units for total in found.classes.values())
    assert found.ours.units - found.theirs.units == explained
    assert found.causes.totals is not None
    assert abs(found.causes.totals.zone_seconds - hours * 3600) <= 900
    assert set(classes(found)) <= {"day_boundary"}
    if classes(found):
        (said,) = causes(found, Difference.DAY_BOUNDARY)
        assert said.startswith("Its days are those of UTC")


@pytest.mark.parametrize("by", ["Date", "Destination"])
def test_an_invoice_of_answered_calls(carrier: Book, tmp_path: Path, by: str) -> None:
    """Calls that were not answered are missing on it and cost nothing: nothing else differs."""
    calls = [Call(f"n{n}", at=on(1 + n % 9, 9, n % 60), seconds=None) for n in range(90)]
    take_in(carrier, tmp_path, *calls)
    rows = traffic()
    dearer(rows)
    found = held(carrier, invoice(tmp_path / "i.csv", rows, by))
    told = {what for what, (count, amount) in classes(found).items() if count or amount}
    assert found.classes[Difference.MISSING_THEIRS] == Sum(90, 0, 0)
    assert told <= {"missing_theirs", "rounding"}
    assert " 1.1 times our price." in " ".join(causes(found, Difference.RATE))
    assert "It counts answered calls alone" in " ".join(reconciliation_words(found))


def test_a_few_missing_calls_are_no_other_price(carrier: Book, tmp_path: Path) -> None:
    """Which calls are missing is not known, so what their mean price leaves open is theirs."""
    rows = traffic()
    gone = [rows.pop(17 * n) for n in range(20)]
    found = held(carrier, invoice(tmp_path / "i.csv", rows, "Date"))
    amount = sum((cost(r["called"], r["seconds"]) for r in gone), Decimal(0))
    assert set(classes(found)) == {"missing_theirs"}
    assert found.classes[Difference.MISSING_THEIRS].calls == 20
    assert abs(found.classes[Difference.MISSING_THEIRS].amount - amount) < Decimal("0.05")


def test_an_invoice_may_stand_first(carrier: Book, tmp_path: Path) -> None:
    """The same differences with the other sign, and what lacks on the other side."""
    rows = traffic()
    lacking(rows)
    file = invoice(tmp_path / "i.csv", rows, "Date")
    found = held(carrier, file)
    other = carrier.reconcile(file, "lake", october(1), october(10), account="acme")
    assert other.ours == found.theirs
    assert other.theirs == found.ours
    theirs = found.classes[Difference.MISSING_THEIRS]
    assert other.classes[Difference.MISSING_OURS].units == -theirs.units
    assert other.classes[Difference.MISSING_OURS].calls == theirs.calls == 40


def test_two_invoices(carrier: Book, tmp_path: Path) -> None:
    """Held against each other by what both have."""
    rows = traffic()
    first = invoice(tmp_path / "a.csv", rows, "Date", "Destination")
    gone = lacking(rows)
    second = invoice(tmp_path / "b.csv", rows, "Date")
    found = carrier.reconcile(first, second, october(1), october(10))
    assert classes(found) == {"missing_theirs": (40, gone)}
    third = invoice(tmp_path / "c.csv", rows, "Destination")
    with pytest.raises(InputError, match="one has totals by day, the other by destination"):
        carrier.reconcile(second, third, october(1), october(10))


def test_our_own_totals_are_an_invoice(carrier: Book, tmp_path: Path) -> None:
    """What `totals --by day --format csv` prints can be sent, and agrees with the calls."""
    carrier.bill(october(10))
    text = ["day,currency,calls,answered,minutes,charges"]
    for total in carrier.totals(october(1), october(10), "day"):
        row = as_json(TotalView.of(total, ["day"]))
        text.append(
            f"{row['day']},{row['currency']},{row['calls']},{row['answered']},{row['minutes']},{row['charges']}"
        )
    file = tmp_path / "totals.csv"
    file.write_text("\n".join(text) + "\n")
    found = held(carrier, str(file))
    assert set(classes(found)) <= {"rounding"}
    assert found.ours.calls == found.theirs.calls == 400
    assert abs(found.ours.amount - found.theirs.amount) < Decimal("0.01")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,calls,amount\n01/02/2026,4,1.00\n", "which is the day, which the month"),
        ("date,calls,amount\nthe 3rd,4,1.00\n", "'the 3rd' is not a day"),
        ("date,calls,amount\n2026-10-03,four,1.00\n", "calls: 'four' is not a number"),
        ("date,calls,duration,amount\n2026-10-03,4,61,1.00\n", "duration: in which unit"),
        ("date,calls,amount\n2025-10-03,4,1.00\n", "has nothing from 2026-10-01"),
        (
            "date,calls,amount\n2026-10-03,4,999999999999999\n",
            "amount: '999999999999999' is too large",
        ),
        (
            "date,calls,amount\n2026-10-03,4\n2026-10-03,4,1,2,3\n",
            "its lines do not fit its header, which names 3 columns",
        ),
    ],
)
def test_what_is_wrong_with_an_invoice_is_said(
    carrier: Book, tmp_path: Path, text: str, message: str
) -> None:
    """Days, numbers, units and lines that cannot be understood: nothing is compared."""
    file = tmp_path / "i.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        held(carrier, str(file))


def test_a_line_of_totals_that_does_not_add_up(carrier: Book, tmp_path: Path) -> None:
    """Finance sees it before anything else is compared; slashes, groups of digits, h:mm:ss are read."""
    file = tmp_path / "i.csv"
    file.write_text(
        "Date;Calls;Duration;Amount\n31/10/2026;1;0:10:00;1,000.50\n03/10/2026;2;0:01:10;2.00\nTotal;3;;1003.50\n"
    )
    said = reconciliation_words(held(carrier, str(file)))
    assert "Its line of totals says 1003.50, and its lines add up to 1002.50." in said
