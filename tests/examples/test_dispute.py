"""A real dispute: the proxy's records against the callers' own, written as another switch writes them."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from minutebook.disputes.causes.classes import Difference
from minutebook.disputes.reconciliation import Shift
from minutebook.show.reconciliation.words import reconciliation_words

if TYPE_CHECKING:
    from minutebook.book import Book

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FIRST, LAST = date(2026, 10, 31), date(2026, 11, 1)
BERLIN = ZoneInfo("Europe/Berlin")


def as_asterisk(path: Path) -> list[dict[str, str]]:
    """Local times in whole seconds without a zone, numbers as dialled, ids of its own, no amounts."""

    def local(text: str) -> str:
        at = datetime.fromisoformat(text).astimezone(BERLIN) if text else None
        return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"

    def second(text: str) -> int:
        return int(datetime.fromisoformat(text).timestamp())

    with (EXAMPLES / "cdrs" / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        for n, row in enumerate(rows):
            setup, answer, end = row["invite_at"], row["answered_at"], row["ended_at"]
            talk = second(end) - second(answer) if answer else 0
            out.writerow([
                "", row["caller"], row["called"], "default", row["caller"], f"PJSIP/in-{n}", "PJSIP/out",
                "Dial", "x", local(setup), local(answer), local(end), second(end) - second(setup), talk,
                "ANSWERED" if answer else "NO ANSWER", "DOCUMENTATION", f"1793491051.{n}", "",
            ])  # fmt: skip
    return rows


@pytest.fixture
def carrier(book: Book) -> Book:
    book.apply([EXAMPLES / "carrier" / "carrier.toml"])
    book.import_calls([EXAMPLES / "cdrs" / "acc_cdrs.csv"], format="kamailio")
    return book


def test_the_callers_records_against_the_proxys(carrier: Book, tmp_path: Path) -> None:
    """Every call of ours is found in theirs; lengths differ by what whole seconds cut off, and nothing else."""
    rows = as_asterisk(tmp_path / "Master.csv")
    found = carrier.reconcile("lake", str(tmp_path / "Master.csv"), FIRST, LAST)
    ours = found.ours.calls
    assert found.matched_calls == ours > 3000
    classes = {what: total.calls for what, total in found.classes.items() if total.calls}
    assert set(classes) == {Difference.DURATION, Difference.CLOCK, Difference.MISSING_OURS}
    assert classes[Difference.CLOCK] == ours
    assert classes[Difference.MISSING_OURS] == len(rows) - ours  # of no account of ours
    assert found.causes.shifts == (Shift(FIRST, LAST, 3600),)
    longer = found.calls.filter(difference="duration")
    assert (longer["our_seconds"] - longer["their_seconds"]).abs().max() < 1.01  # type: ignore[operator]
    assert found.unexplained.calls == 0
    differing = sum(total.units for total in found.classes.values())
    assert found.ours.units - found.theirs.units == differing
    said = " ".join(reconciliation_words(found))
    assert "lengths lie within a second: a side keeps whole seconds" in said
    assert "times that name no zone; they are taken as UTC, and the calls show" in said


def test_two_exports_of_one_proxy(carrier: Book) -> None:
    """Its table and its log have the same calls: nothing differs but those of no account."""
    found = carrier.reconcile("lake", str(EXAMPLES / "cdrs" / "acc_json.jsonl"), FIRST, LAST)
    assert {what for what, total in found.classes.items() if total.calls} == {
        Difference.MISSING_OURS
    }
    assert found.matched_calls == found.ours.calls
