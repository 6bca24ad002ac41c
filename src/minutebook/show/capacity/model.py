"""A capacity as every door shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.capacity.words import questionnaire
from minutebook.show.serialise import Day, Instant

if TYPE_CHECKING:
    from minutebook.fit.capacity import Capacity


@dataclass(frozen=True)
class LossView:
    """What a number of channels would have lost."""

    channels: Annotated[int, Doc("up to the peak")]
    lost_calls: Annotated[int, Doc("attempts that find no channel free")]
    lost_minutes: Annotated[float, Doc("their answered time")]
    loss: Annotated[float, Doc("lost of all attempts, 0 to 1")]


@dataclass(frozen=True)
class AnswerView:
    """A question of a provider, answered."""

    question: Annotated[str, Doc("as a provider asks it")]
    answer: Annotated[str, Doc("with its unit")]


@dataclass(frozen=True)
class CapacityView:
    """How many channels and servers an account's traffic needs, and what fewer would lose."""

    account: Annotated[str, Doc("its name, as declared")]
    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    peak: Annotated[int, Doc("the most channels at once")]
    peak_at: Annotated[Instant | None, Doc("the first instant of it")]
    p95: Annotated[int, Doc("95th percentile of all five-minute peaks of the period")]
    busy_hour: Annotated[Instant, Doc("the hour of the clock (UTC) with the most traffic")]
    erlangs: Annotated[float, Doc("channel-seconds / 3,600 in it")]
    blocking: Annotated[float, Doc("the share that may be lost, 0 to 1, as asked")]
    channels_erlang_b: Annotated[
        int, Doc("channels that lose at most so much by Erlang B in the busy hour")
    ]
    channels_replay: Annotated[
        int, Doc("channels that lose at most so much by replay of the period")
    ]
    servers: Annotated[int, Doc("for the greater of the two, and the attempts a second")]
    cps_peak: Annotated[
        int,
        Doc("the most attempts in one second, with the growth, rounded up, and up to `cps_limit`"),
    ]
    cps_recorded: Annotated[int, Doc("the most attempts in one second, as recorded")]
    attempts: Annotated[int, Doc("as recorded, before growth")]
    answered: Annotated[int, Doc("as recorded, before growth")]
    asr: Annotated[float, Doc("answer seizure ratio, 0 to 1, as recorded: answered / attempts")]
    acd_seconds: Annotated[float | None, Doc("mean duration of answered calls, as recorded")]
    ner: Annotated[
        float,
        Doc(
            "network effectiveness ratio, 0 to 1, as recorded: answered or ended by the people / attempts"
        ),
    ]
    minutes: Annotated[float, Doc("of answered calls, as recorded, before growth")]
    growth: Annotated[float, Doc("as asked: 0.2 is 20 % more")]
    cps_limit: Annotated[int | None, Doc("as asked")]
    refused_by_limit: Annotated[
        int, Doc("attempts that `cps_limit` refuses however many channels there are")
    ]
    refused_share: Annotated[
        float,
        Doc("their share, 0 to 1; `curve` counts them, `erlangs` and the channels to have do not"),
    ]
    without_setup: Annotated[int, Doc("calls without a setup time, which count from their answer")]
    days_without_calls: Annotated[
        list[Day],
        Doc(
            "of a busy account, from its first day to its last, up to yesterday: what is said rests on the others"
        ),
    ]
    curve: Annotated[list[LossView], Doc("for numbers of channels up to the peak")]
    questionnaire: Annotated[list[AnswerView], Doc("for a provider's form")]

    @classmethod
    def of(cls, found: Capacity) -> CapacityView:
        """The capacity."""
        traffic, demand = found.traffic, found.demand
        acd = traffic.acd_seconds
        return cls(
            account=found.account,
            from_=traffic.first,
            to=traffic.last,
            peak=found.peak,
            peak_at=found.peak_at,
            p95=found.p95,
            busy_hour=demand.busy_hour,
            erlangs=round(demand.erlangs, 6),
            blocking=float(demand.blocking),
            channels_erlang_b=demand.channels_erlang_b,
            channels_replay=demand.channels_replay,
            servers=found.servers,
            cps_peak=found.cps_peak,
            cps_recorded=traffic.cps_peak,
            attempts=traffic.attempts,
            answered=traffic.answered,
            asr=round(traffic.asr, 6),
            acd_seconds=None if acd is None else round(acd, 6),
            ner=round(traffic.ner, 6),
            minutes=round(traffic.duration_ms / 60_000, 4),
            growth=float(found.assumptions.growth),
            cps_limit=found.assumptions.cps_limit,
            refused_by_limit=demand.curve.refused[0],
            refused_share=round(found.refused_share, 8),
            without_setup=traffic.without_setup,
            days_without_calls=list(traffic.days_without_calls),
            curve=_curve(found),
            questionnaire=[AnswerView(*answered) for answered in questionnaire(found)],
        )


def _curve(found: Capacity) -> list[LossView]:
    lost = [(size, found.demand.curve.at(size)) for size in found.sizes]
    return [
        LossView(size, at.calls, round(at.talk_ms / 60_000, 4), round(at.loss, 8))
        for size, at in lost
    ]


@dataclass(frozen=True)
class ErlangView:
    """Erlang B alone, without any calls."""

    erlangs: Annotated[float, Doc("offered, as asked")]
    channels: Annotated[int, Doc("as asked, or the fewest that block no more")]
    blocking: Annotated[float, Doc("the share that finds no channel free, 0 to 1")]
