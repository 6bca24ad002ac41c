"""How an account used its channels: peaks, percentiles, attempts, as they can be counted by hand."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, october, on, take_in

from minutebook.errors import InputError
from minutebook.lake.lake import CHANNEL_DAYS

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.statements.channel_use import ChannelUse

LINES = """
[plan.lines]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 10, price = "1.20" } ]

[account.acme]
terms = [ { from = 2026-10-01, plan = "lines", channels = 1 },
          { from = 2026-10-02, plan = "lines", channels = 2 } ]
match = [ { account_code = "acme" } ]
"""


@pytest.fixture
def lines(book: Book, tmp_path: Path) -> Book:
    return declare(book, tmp_path, LINES, deck=None)


def test_a_days_peak_mean_and_time_above_what_is_bought(lines: Book, tmp_path: Path) -> None:
    """Two calls overlap for 40 s; ringing holds a channel too."""
    take_in(
        lines,
        tmp_path,
        Call("a", at=on(1), seconds=58),  # 12:00:00 to 12:01:00
        Call("b", at=on(1) + timedelta(seconds=20), seconds=58),  # to 12:01:20
    )
    use = lines.channels("acme", october(1), october(2))
    first, second = use.days
    assert (first.bought, first.peak, first.p95) == (1, 2, 0)
    assert first.peak_at == on(1) + timedelta(seconds=20)
    assert first.mean == Fraction(120, 86_400)
    assert first.seconds_above == 40
    assert (second.bought, second.peak, second.peak_at, second.mean) == (2, 0, None, 0)
    assert (second.asr, second.acd_seconds, second.ner) == (None, None, None)
    assert use.bought == 2


def test_a_call_over_midnight_holds_a_channel_on_both_days(lines: Book, tmp_path: Path) -> None:
    """It is an attempt of the day of its answer, and occupies the days that it lasts."""
    take_in(
        lines,
        tmp_path,
        Call("a", at=on(1, 23, 59), seconds=3600 * 30),
        Call("b", at=datetime(2026, 10, 1, 23, 59, 59, tzinfo=UTC), seconds=9),
    )
    days = lines.channels("acme", october(1), october(4)).days
    assert [day.peak for day in days] == [2, 2, 1, 0]
    assert [day.attempts for day in days] == [1, 1, 0, 0]
    assert [day.cps_peak for day in days] == [1, 0, 0, 0]
    assert days[1].mean == 1 + Fraction(10, 86_400)
    alone = lines.channels("acme", october(3), october(3)).days
    assert alone == (days[2],)


def test_ratios_of_attempts(lines: Book, tmp_path: Path) -> None:
    """ASR, ACD and NER: who was busy or did not answer was reached."""
    causes = {"a": "16", "busy": "486", "none": "19", "q": "user_busy", "down": "503", "lost": "34"}
    take_in(
        lines,
        tmp_path,
        *(
            Call(name, at=on(1), seconds=90 if name == "a" else None, more={"cause": cause})
            for name, cause in causes.items()
        ),
    )
    (day,) = lines.channels("acme", october(1), october(1)).days
    assert (day.attempts, day.answered, day.cps_peak) == (6, 1, 6)
    assert (day.asr, day.ner, day.acd_seconds) == (1 / 6, 4 / 6, 90)


def test_the_percentile_is_of_five_minute_peaks(lines: Book, tmp_path: Path) -> None:
    """Of 288 a day; 15 busy ones are more than 5 %, 14 are not."""
    take_in(lines, tmp_path, Call("a", at=on(1), seconds=14 * 300 - 2 - 1))
    assert lines.channels("acme", october(1), october(1)).days[0].p95 == 0
    take_in(lines, tmp_path, Call("b", at=on(1, 14), seconds=10))
    assert lines.channels("acme", october(1), october(1)).days[0].p95 == 1


def test_without_a_setup_time_a_channel_is_held_from_the_answer(
    lines: Book, tmp_path: Path
) -> None:
    """And it is said how many calls are counted so."""
    take_in(lines, tmp_path, Call("a", at=on(1), more={"setup_at": ""}))
    use = lines.channels("acme", october(1), october(1))
    assert use.without_setup == 1
    assert use.days[0].peak_at == on(1) + timedelta(seconds=2)
    assert use.days[0].mean == Fraction(60, 86_400)


def test_by_server(lines: Book, tmp_path: Path) -> None:
    """A line for each server and day; what is bought is the account's, not a server's."""
    take_in(
        lines,
        tmp_path,
        Call("a", at=on(1)),
        Call("b", at=on(1)),
        Call("c", at=on(1), server="par-1"),
    )
    days = lines.channels("acme", october(1), october(1), by_server=True).days
    assert [(day.server, day.peak, day.attempts, day.bought) for day in days] == [
        ("lon-1", 2, 2, None),
        ("par-1", 1, 1, None),
    ]


def test_another_accounts_calls_do_not_count(lines: Book, tmp_path: Path) -> None:
    """And an account that nobody declared is refused."""
    declare(
        lines, tmp_path, LINES.replace("account.acme", "account.b").replace('"acme"', '"b"'), None
    )
    take_in(lines, tmp_path, Call("a", at=on(1)), Call("b", "b", at=on(1)))
    assert lines.channels("b", october(1), october(1)).days[0].peak == 1
    with pytest.raises(InputError, match="is not declared"):
        lines.channels("c", october(1), october(1))
    with pytest.raises(InputError, match="comes before"):
        lines.channels("b", october(2), october(1))


def test_what_is_kept_of_days_is_what_their_calls_say(lines: Book, tmp_path: Path) -> None:
    """Late calls, a corrected one, other channels bought, a damaged file: the same as worked out from nothing."""
    kept = lines.lake.location / CHANNEL_DAYS

    def asked() -> ChannelUse:
        again, first = (lines.channels("acme", october(1), october(5)) for _ in range(2))
        statement = lines.statement("acme", october(1), october(5))
        shutil.rmtree(kept)
        assert first == again == lines.channels("acme", october(1), october(5))
        assert statement == lines.statement("acme", october(1), october(5))
        return first

    take_in(lines, tmp_path, *(Call(f"a{n}", at=on(n), seconds=90) for n in (1, 2, 4)))
    lines.bill(october(5))
    assert [day.peak for day in asked().days] == [1, 1, 0, 1, 0]
    take_in(lines, tmp_path, *(Call(f"b{n}", at=on(2), seconds=3600 * 60) for n in range(3)))
    assert [day.peak for day in asked().days] == [1, 4, 3, 4, 3]
    lines.corrections.correct("b0", "never carried", void=True)
    before = asked()
    assert [day.peak for day in before.days] == [1, 3, 2, 3, 2]
    declare(lines, tmp_path, LINES.replace("channels = 2", "channels = 1"), deck=None)
    after = asked()
    above = [[day.seconds_above for day in use.days] for use in (before, after)]
    assert above == [[0, 92, 0, 92, 0], [0, 12 * 3600, 86_400, 86_400, 2]]
    for damage in (b"", b"[]", b'{"as": "1", "days": {"2026-10-01": [{"files": 1}]}}'):
        for path in kept.iterdir():
            path.write_bytes(damage)
        assert lines.channels("acme", october(1), october(5)) == after


def test_days_that_are_asked_for_again_and_again_become_known(lines: Book, tmp_path: Path) -> None:
    """One more each time however short the time is, the earliest first; in the end all, as if they were asked for at once."""
    take_in(lines, tmp_path, *(Call(f"c{day}", at=on(day)) for day in (1, 2, 4)))
    asked = ("acme", october(1), october(4))
    known = [lines.statements.channels_so_far(*asked, within_ms=0).days for _ in range(4)]
    assert [[day.day.day for day in days] for days in known] == [
        [1, 3], [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4],
    ]  # fmt: skip
    whole = lines.channels(*asked)
    assert known[-1] == whole.days
    assert lines.statements.channels_so_far(*asked, within_ms=600_000) == whole


def test_days_are_known_at_once_where_there_is_time(lines: Book, tmp_path: Path) -> None:
    take_in(lines, tmp_path, *(Call(f"c{day}", at=on(day)) for day in (1, 2)))
    assert (
        len(
            lines.statements.channels_so_far("acme", october(1), october(2), within_ms=600_000).days
        )
        == 2
    )
