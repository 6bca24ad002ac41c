"""Capacity of recorded traffic: peak, busy hour, replay, servers, and what is said of gaps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.carriers import Call, declare, october, take_in

from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.fit.capacity import Assumptions, capacity
from minutebook.show.capacity.model import CapacityView
from minutebook.show.capacity.words import questionnaire
from minutebook.traffic.demand import Servers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

CARRIER = """
[plan.m]
model = "per_minute"
currency = "USD"
rate = "0.6"

[account.acme]
plan = "m"
from = 2026-10-01
match = [ { account_code = "acme" } ]

[account.globex]
plan = "m"
from = 2026-10-01
match = [ { account_code = "globex" } ]
"""
NINE = datetime(2026, 10, 2, 9, tzinfo=UTC)


def make_carrier(book: Book, folder: Path) -> None:
    """Ten calls of half an hour of which five begin at nine, and one that lasts over midnight."""
    declare(book, folder, CARRIER, deck=None)
    calls = [Call(f"n{n}", at=NINE, seconds=1798) for n in range(5)]
    calls += [Call(f"t{n}", at=NINE + timedelta(hours=n + 1), seconds=1798) for n in range(5)]
    calls += [Call("busy", at=NINE + timedelta(hours=8), seconds=None, more={"cause": "17"})]
    calls += [Call("over", at=datetime(2026, 10, 2, 23, 30, tzinfo=UTC), seconds=3598)]
    calls += [Call("other", "globex", at=NINE, seconds=1798)]
    take_in(book, folder, *calls)


@pytest.fixture
def carrier(prepared: Callable[..., Book]) -> Book:
    return prepared(make_carrier)


def test_what_traffic_needs(carrier: Book) -> None:
    """The busy hour is that with the most channel-seconds; replay loses what finds none free."""
    found = carrier.capacity("acme", october(1), october(4))
    assert (found.peak, found.peak_at, found.p95, found.cps_peak) == (5, NINE, 0, 5)
    assert (found.demand.busy_hour, found.demand.erlangs) == (NINE, 2.5)
    assert (found.traffic.attempts, found.traffic.answered) == (12, 11)
    assert found.traffic.ner == 1
    assert found.bought == {october(d): None for d in range(1, 5)}
    assert found.demand.channels_replay == found.demand.curve.peak == 5
    assert found.demand.channels_erlang_b == 7  # the table: 2.50 erlangs at 1 %
    assert [(lost.calls, lost.talk_ms) for lost in map(found.demand.curve.at, range(6))] == [
        (12, 10 * 1_798_000 + 3_598_000),
        *((4 - n, (4 - n) * 1_798_000) for n in range(4)),
        (0, 0),
    ]
    assert (
        carrier.capacity(
            "acme", october(1), october(4), Assumptions(Fraction(1, 5))
        ).demand.channels_replay
        == 3
    )


def test_what_is_carried_into_a_period_holds_its_channel(carrier: Book, tmp_path: Path) -> None:
    """A call from the day before is no attempt of the period, and keeps a channel all the same."""
    at = datetime(2026, 10, 3, 0, 10, tzinfo=UTC)
    take_in(carrier, tmp_path, Call("c", at=at, seconds=10))
    found = carrier.capacity("acme", october(3), october(3))
    assert (found.peak, found.traffic.attempts) == (2, 1)
    assert [found.demand.curve.at(n).calls for n in range(3)] == [1, 1, 0]


def test_servers_by_channels_and_by_attempts(carrier: Book) -> None:
    """Whichever of the two asks for more; limits and growth count."""

    def servers(**asked: object) -> int:
        return carrier.capacity("acme", october(2), october(2), Assumptions(**asked)).servers  # type: ignore[arg-type]

    assert servers() == 1
    assert servers(servers=Servers(channels=3, cps=100)) == 3
    assert servers(servers=Servers(channels=100, cps=2)) == 3
    assert servers(servers=Servers(channels=100, cps=2), cps_limit=2) == 1
    grown = carrier.capacity("acme", october(2), october(2), Assumptions(growth=Fraction(1)))
    assert grown.demand.erlangs == 5.0
    assert grown.traffic.attempts == 12
    assert (grown.traffic.cps_peak, grown.cps_peak) == (5, 10)
    assert servers(servers=Servers(channels=100, cps=2), growth=Fraction(1, 2)) == 4  # 7.5 a second


def test_a_second_takes_only_so_many_attempts(carrier: Book) -> None:
    """What a limit refuses is lost at every number of channels."""
    found = carrier.capacity("acme", october(2), october(2), Assumptions(cps_limit=3))
    assert found.cps_peak == 3
    assert found.demand.curve.at(100).calls == 2
    assert found.demand.channels_replay == 3


def test_channels_are_sized_for_what_a_limit_lets_through(carrier: Book) -> None:
    """More is refused than may be lost, and yet channels are not bought for that."""
    asked = Assumptions(Fraction(1, 2), cps_limit=1)
    take = carrier.capacity("acme", october(2), october(2), asked)
    assert (take.demand.curve.refused[0], take.demand.curve.attempts) == (4, 12)
    assert take.demand.erlangs == 0.5
    assert (take.demand.curve.peak, take.demand.channels_replay) == (1, 1)
    assert CapacityView.of(take).refused_by_limit == 4
    assert CapacityView.of(take).refused_share == pytest.approx(1 / 3)
    small = carrier.capacity("acme", october(2), october(2), Assumptions(cps_limit=3))
    assert small.demand.curve.fewest_let_through(Fraction(1, 10)) == 2  # 1 of the 10 let through
    assert small.demand.channels_erlang_b == 6  # the table: 1.50 erlangs at 1 %


def words(book: Book, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """What `minutebook capacity` prints, blanks and line ends made one."""
    capsys.readouterr()
    run(["--book", str(book.path), "capacity", *options])
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


SECOND = ("acme", "--from", "2026-10-02", "--to", "2026-10-02")


def test_what_is_said_of_limits_and_growth(
    carrier: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    """In sentences, with shares as they were asked for."""
    said = words(carrier, capsys, *SECOND, "--cps-limit", "1", "--blocking", "0.0001%")
    assert "At most 1 attempt a second: 4 of 12 attempts (33.3%) are refused, however many" in said
    assert "At most 0.0001% lost of the rest: 1 channel by replay;" in said
    assert "Nothing lost of the rest: 1." in said
    asked = Assumptions(growth=Fraction(1, 40))
    found = carrier.capacity("acme", october(2), october(2), asked)
    assert dict(questionnaire(found))["Growth to allow for"] == "2.5%"
    said = words(carrier, capsys, *SECOND, "--growth", "12.5%")
    assert "At most 1% lost: 5 channels by replay" in said
    assert "With 12.5% more traffic" in said
    assert "The 5 attempts a second that were recorded are taken to be as much more" in said


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        (("acme",), "ACCOUNT"),
        (("--from", "2026-10-01"), "--from"),
        (("--to", "2026-10-01"), "--to"),
        (("--growth", "20%"), "--growth"),
        (("--report", "x.html"), "--report"),
        (("--cps-limit", "5"), "--cps-limit"),
    ],
)
def test_erlangs_stand_alone(
    book: Book, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], refused: str
) -> None:
    """What only recorded calls can answer is refused with --erlangs, in one line."""
    said = words(book, capsys, "--erlangs", "100", "--channels", "117", *options)
    assert f"{refused} does not go with --erlangs" in said


def test_erlangs_of_nothing(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    """No traffic needs no channel, and none of it is blocked."""
    assert "0.0 0 0.0" in words(book, capsys, "--erlangs", "0", "--blocking", "1%")


def test_gaps_are_named(carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Days without a call on a busy account, and calls without setup; no calls at all is refused."""
    calls = [
        Call(f"g{d}-{n}", "globex", at=datetime(2026, 10, d, 8, n, tzinfo=UTC))
        for d in (5, 6, 8)
        for n in range(30)
    ]
    take_in(carrier, tmp_path, *calls)
    assert carrier.capacity("globex", october(5), october(8)).traffic.days_without_calls == (
        october(7),
    )
    assert carrier.capacity("acme", october(1), october(4)).traffic.days_without_calls == ()
    assert "on 2026-10-07, 2026-10-09 to 2026-10-20: all this rests" in words(
        carrier, capsys, "globex", "--from", "2026-10-05", "--to", "2026-10-20"
    )
    with pytest.raises(InputError, match="acme has no calls from 2026-10-20 to 2026-10-21"):
        carrier.capacity("acme", october(20), october(21))
    with pytest.raises(
        InputError, match="no calls of its own from 2026-10-03 to 2026-10-03, only 1 call"
    ):
        carrier.capacity("acme", october(3), october(3))
    with pytest.raises(InputError, match="'nobody' is not declared"):
        carrier.capacity("nobody", october(1), october(2))


def test_days_on_which_no_call_can_be_are_no_gaps(carrier: Book, tmp_path: Path) -> None:
    """Those before an account's first day and after its last, and those that are not over."""
    calls = [Call(f"g{n}", "globex", at=datetime(2026, 10, 5, 8, n, tzinfo=UTC)) for n in range(59)]
    take_in(carrier, tmp_path, *calls)

    def gaps(today: date) -> tuple[date, ...]:
        period = date(2026, 9, 20), october(20)
        found = capacity(carrier.database, carrier.lake, "globex", *period, Assumptions(), today)
        return found.traffic.days_without_calls

    assert gaps(october(9)) == (october(1), october(3), october(4), *map(october, (6, 7, 8)))
    (tmp_path / "closed.toml").write_text(CARRIER + "closed = 2026-10-07\n")
    carrier.apply([tmp_path / "closed.toml"])
    assert gaps(october(30))[-1] == october(7)
