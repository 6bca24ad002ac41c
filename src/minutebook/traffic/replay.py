"""Replay: recorded attempts admitted through N channels, blocked calls cleared
(docs/rules/capacity.md, "Replay").

How it works. Each attempt takes the lowest channel that is free, of as many as it needs. What goes
to channels above the N-th never changes what happens on the first N; so with N channels exactly
the attempts that took a higher one are lost, and one pass gives the loss of every N.
"""

from __future__ import annotations

import heapq
from array import array
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROWS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Lost:
    """What a number of channels would have lost."""

    channels: int
    calls: int
    talk_ms: int
    attempts: int

    @property
    def loss(self) -> float:
        """Lost attempts / attempts; 0 without attempts."""
        return self.calls / self.attempts if self.attempts else 0.0


@dataclass(frozen=True, slots=True)
class LossCurve:
    """The loss of every number of channels.

    `lost[n]` are the attempts and the milliseconds of talk that take more than n channels; none do
    at `peak`, which is as long as the list. `refused` are those that a limit of attempts a second
    refused before they asked for a channel; they are lost at any number.
    """

    attempts: int
    lost: tuple[tuple[int, int], ...]
    refused: tuple[int, int] = (0, 0)

    @property
    def peak(self) -> int:
        """The channels that lose nothing for want of a channel."""
        return len(self.lost)

    def at(self, channels: int) -> Lost:
        """What so many channels lose."""
        calls, talk_ms = self.lost[channels] if channels < self.peak else (0, 0)
        more_calls, more_ms = self.refused
        return Lost(channels, calls + more_calls, talk_ms + more_ms, self.attempts)

    def fewest(self, target: float | Fraction) -> int:
        """The fewest channels that lose at most `target` of the attempts; `peak` if none do."""
        allowed = Fraction(target) * self.attempts - self.refused[0]
        return self._losing(allowed)

    @property
    def let_through(self) -> int:
        """The attempts that the limit did not refuse."""
        return self.attempts - self.refused[0]

    def fewest_let_through(self, target: float | Fraction) -> int:
        """The fewest channels that lose at most `target` of the attempts that the limit lets through."""
        return self._losing(Fraction(target) * self.let_through)

    def _losing(self, allowed: Fraction) -> int:
        return next((n for n, (calls, _) in enumerate(self.lost) if calls <= allowed), self.peak)


def let_through(attempts: pl.DataFrame, cps_limit: int | None) -> pl.DataFrame:
    """The attempts, as `loss_curve` wants them, that a limit of attempts a second does not refuse."""
    if cps_limit is None:
        return attempts
    return attempts.sort("begin", "end", "counted", "talk_ms").filter(~_over(cps_limit))


def _over(cps_limit: int) -> pl.Expr:
    """Whether an attempt, in order of time, comes after so many in its second."""
    return pl.int_range(pl.len()).over(pl.col("begin") // 1_000_000) >= cps_limit


def loss_curve(attempts: pl.DataFrame, cps_limit: int | None = None) -> LossCurve:
    """The loss curve of attempts: `begin`, `end` (Int64 µs), `talk_ms` Int64, `counted` Boolean.

    In any order. Those that are not `counted` take their channels, and are neither attempts nor lost.

    An attempt holds a channel in [begin, end); one of no length holds none and is never lost for
    want of one. With `cps_limit`, what comes after so many in a second of the clock is refused.
    """
    ordered = attempts.select(
        "begin",
        "end",
        calls=pl.col("counted").cast(pl.Int64),
        talk_ms=pl.when("counted").then("talk_ms").otherwise(0),
    ).sort("begin", "end", "calls", "talk_ms")
    asked = int(ordered["calls"].sum())
    refused = (0, 0)
    if cps_limit is not None:
        gone = ordered.filter(_over(cps_limit))
        refused = int(gone["calls"].sum()), int(gone["talk_ms"].sum())
        ordered = ordered.filter(~_over(cps_limit))
    ordered = ordered.filter(pl.col("end") > pl.col("begin"))
    seized = _channels_seized(
        pair
        for frame in ordered.select("begin", "end").iter_slices(_ROWS_AT_ONCE)
        for pair in zip(frame["begin"].to_list(), frame["end"].to_list(), strict=True)
    )
    by_channel = (
        ordered.select("calls", "talk_ms", channel=pl.Series(seized, dtype=pl.UInt32))
        .group_by("channel")
        .agg(pl.col("calls", "talk_ms").sum())
        .sort("channel", descending=True)
        .select(pl.col("calls", "talk_ms").cum_sum())
    )
    lost = tuple((int(calls), int(ms)) for calls, ms in reversed(by_channel.rows()))
    return LossCurve(asked, lost, refused)


def _channels_seized(calls: Iterable[tuple[int, int]]) -> array[int]:
    """The channel (from 0) that each call takes, the lowest that is free; calls as they begin."""
    seized = array("I")
    take = seized.append
    free: list[int] = []
    held: list[tuple[int, int]] = []
    most = 0
    push, pop = heapq.heappush, heapq.heappop
    for begin, end in calls:
        while held and held[0][0] <= begin:
            push(free, pop(held)[1])
        if free:
            channel = pop(free)
        else:
            channel = most
            most += 1
        push(held, (end, channel))
        take(channel)
    return seized
