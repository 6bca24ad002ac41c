"""How an account used its channels, as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import OMITTED, Day, Instant, Omitted

if TYPE_CHECKING:
    from minutebook.statements.channel_use import ChannelUse, DayUse


@dataclass(frozen=True)
class ChannelDayView:
    """A UTC day of an account, or of one of its servers."""

    date: Annotated[Day, Doc("which day")]
    server: Annotated[str | Omitted, Doc("with `--by server` alone")]
    channels_bought: Annotated[int | None, Doc("of that day; null where none are bought")]
    peak: Annotated[int, Doc("the most channels held at once")]
    peak_at: Annotated[Instant | None, Doc("the first instant of it; null where none was held")]
    mean: Annotated[float, Doc("channel-seconds / 86,400")]
    p95: Annotated[int, Doc("95th percentile of the 288 five-minute peaks, nearest rank")]
    seconds_above: Annotated[
        float | None, Doc("how long more were held than bought; null where none were bought")
    ]
    cps_peak: Annotated[int, Doc("the most attempts in one second")]
    attempts: Annotated[int, Doc("calls of the day")]
    answered: Annotated[int, Doc("of these")]
    asr: Annotated[
        float | None,
        Doc("answer seizure ratio, 0 to 1: answered / attempts; null without attempts"),
    ]
    acd_seconds: Annotated[float | None, Doc("mean duration of answered calls")]
    ner: Annotated[
        float | None,
        Doc(
            "network effectiveness ratio, 0 to 1: answered or ended by the people / attempts; null without attempts"
        ),
    ]
    minutes: Annotated[float, Doc("of answered calls")]

    @classmethod
    def of(cls, day: DayUse) -> ChannelDayView:
        """The day."""
        above = day.seconds_above
        return cls(
            date=day.day,
            server=OMITTED if day.server is None else day.server,
            channels_bought=day.bought,
            peak=day.peak,
            peak_at=day.peak_at,
            mean=_number(day.mean),
            p95=day.p95,
            seconds_above=None if above is None else _number(above),
            cps_peak=day.cps_peak,
            attempts=day.attempts,
            answered=day.answered,
            asr=_rounded(day.asr),
            acd_seconds=_rounded(day.acd_seconds),
            ner=_rounded(day.ner),
            minutes=round(day.duration_ms / 60_000, 4),
        )


@dataclass(frozen=True)
class ChannelUseView:
    """An account's channels, day by day."""

    account: Annotated[str, Doc("its name, as declared")]
    channels_bought: Annotated[int | None, Doc("of the last day; null under a per-minute plan")]
    days: Annotated[
        list[ChannelDayView], Doc("every day from `from` to `to`; with `--by server` each server's")
    ]
    without_setup: Annotated[int, Doc("calls without a setup time, which count from their answer")]

    @classmethod
    def of(cls, use: ChannelUse) -> ChannelUseView:
        """The account's days."""
        days = [ChannelDayView.of(day) for day in use.days]
        return cls(use.account, use.bought, days, use.without_setup)


def _number(value: Fraction) -> float:
    """Whole without a point, else to six decimals."""
    return int(value) if value.denominator == 1 else round(float(value), 6)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
