"""Checks of traffic: what became of attempts, erlangs, replay, and who is who on two sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl
from tests.docs.rules.calls import plain
from tests.docs.rules.channels import DAY, calls_of
from tests.docs.rules.tables import each

from minutebook.disputes.asked import Asked
from minutebook.disputes.matching.clocks import FARTHEST_US, SECOND_US
from minutebook.disputes.matching.matching import matched
from minutebook.disputes.matching.nearby import DIGITS
from minutebook.disputes.reading.figures import figures
from minutebook.errors import InputError
from minutebook.fit.fitting import SMALL_LOSS
from minutebook.money import Method, Rounding, payable_text, text
from minutebook.rating.sums import Sums
from minutebook.statements.channel_use import DayUse
from minutebook.traffic.attempts import attempts_by_day
from minutebook.traffic.demand import Servers, demand, erlangs_by_hour, held_calls
from minutebook.traffic.erlang import blocking, channels_for
from minutebook.traffic.replay import loss_curve

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docs.rules.tables import Row

_TOLERANCE_S = Asked("lake", "lake", DAY, DAY).tolerance_s


def share(value: float | None) -> str:
    """At four decimals; "none" where there is none."""
    return "none" if value is None else plain(Rounding(Method.HALF_UP, 4).of(Fraction(value)))


def attempts(row: Row) -> dict[str, str]:
    """The ratios of a day with so many attempts: answered alike, and others with one cause."""
    count, answered = int(row["Attempts"]), int(row["Answered"])
    lasts_ms = int(row["Seconds of each"]) * 1000
    begin = datetime.combine(DAY, time(9), UTC)
    calls = pl.LazyFrame(
        {
            "day": [DAY] * count,
            "setup_at": [
                begin + timedelta(seconds=n // int(row["In one second"])) for n in range(count)
            ],
            "answered_at": [None] * count,
            "duration_ms": [lasts_ms if n < answered else None for n in range(count)],
            "cause": [row["Cause of the others"]] * count,
        },
        schema_overrides={"answered_at": pl.Datetime("us", "UTC"), "duration_ms": pl.Int64},
    ).with_columns(pl.col("setup_at").cast(pl.Datetime("us", "UTC")))
    said = attempts_by_day(calls, DAY, DAY).row(0, named=True)
    day = DayUse(
        day=DAY,
        server=None,
        bought=None,
        peak=0,
        peak_at=None,
        mean=Fraction(0),
        p95=0,
        seconds_above=None,
        cps_peak=said["cps_peak"],
        attempts=said["attempts"],
        answered=said["answered"],
        ended_by_people=said["ended_by_people"],
        duration_ms=said["duration_ms"],
    )
    return {
        "ASR": share(day.asr),
        "ACD (s)": share(day.acd_seconds),
        "NER": share(day.ner),
        "CPS at most": str(day.cps_peak),
    }


def ratios(row: Row) -> dict[str, str]:
    """Those of a line of totals."""
    sums = Sums(int(row["Attempts"]), int(row["Answered"]), int(row["Milliseconds"]))
    found = {"ASR (%)": sums.asr_percent, "ACD (s)": sums.acd_seconds}
    return {name: "none" if of is None else text(of, 1) for name, of in found.items()}


def payable(row: Row) -> dict[str, str]:
    return {"On the page": payable_text(Decimal(row["Exact"]), row["Currency"])}


def busy_hour(row: Row) -> dict[str, str]:
    held = held_calls(calls_of(row["Calls"]).with_columns(duration_ms=pl.lit(0)), pl.lit(True))
    hours = erlangs_by_hour(held).sort("erlangs", "hour", descending=[True, False])
    return {
        "Erlangs by hour": ", ".join(
            f"{hour:%H}: {share(erlangs)}" for hour, erlangs in hours.sort("hour").iter_rows()
        ),
        "Busy hour": f"{hours['hour'][0]:%H}",
    }


def refused(row: Row) -> dict[str, str]:
    return {"Refused": share(blocking(float(row["Erlangs"]), int(row["Channels"])))}


def channels_needed(row: Row) -> dict[str, str]:
    return {"Channels": str(channels_for(float(row["Erlangs"]), float(row["At most refused"])))}


def replay(row: Row) -> dict[str, str]:
    """Attempts of a day through so many channels; each talks as long as it holds."""
    calls = calls_of(row["Calls"])
    talk = (pl.col("ended_at") - pl.col("setup_at")).dt.total_milliseconds()
    held = held_calls(calls.with_columns(duration_ms=talk), pl.lit(True))
    limit = row.get("CPS limit", "none")
    lost = loss_curve(held, None if limit == "none" else int(limit)).at(int(row["Channels"]))
    return {"Lost": str(lost.calls), "Talk lost (s)": plain(Decimal(lost.talk_ms) / 1000)}


def fewest(row: Row) -> dict[str, str]:
    """The channels that replay asks for, and those of the formula."""
    held = held_calls(calls_of(row["Calls"]).with_columns(duration_ms=pl.lit(0)), pl.lit(True))
    begin = datetime.combine(DAY, time(), UTC)
    target = Fraction(row["At most lost"])
    found = demand(held, begin, begin + timedelta(days=1), target)
    return {
        "By replay": str(found.channels_replay),
        "By Erlang B": str(found.channels_erlang_b),
    }


def servers(row: Row) -> dict[str, str]:
    return {"Servers": str(Servers().needed(int(row["Channels"]), int(row["CPS"])))}


def of_figures(row: Row) -> dict[str, str]:
    """Amounts as a file writes them."""
    written = pl.Series(row["In the column"].split(" and "), dtype=pl.String)
    try:
        read = figures(written, "amount", "theirs.csv").texts
    except InputError:
        return {"Read as": "refused"}
    shown = [row["Read as"]] if " and " not in row["Read as"] else row["Read as"].split(" and ")
    places = [len(text.partition(".")[2]) for text in shown]
    return {
        "Read as": " and ".join(f"{Decimal(t):.{n}f}" for t, n in zip(read, places, strict=True))
    }


def of_two_sides(row: Row) -> dict[str, str]:
    """One call of ours and one of theirs: are they the same?"""

    def side(who: str) -> pl.DataFrame:
        begin = datetime.fromisoformat(f"{date(2026, 10, 1)}T{row[f'{who}: answered']}")
        at = int(begin.replace(tzinfo=UTC).timestamp()) * SECOND_US
        lasts = int(row[f"{who}: seconds"]) * 1000
        return pl.DataFrame(
            {
                "n": [0],
                "call_id": [row[f"{who}: id"]],
                "caller": ["442079460900"],
                "called": [row[f"{who}: called"]],
                "at": [at],
                "setup": [at - 2 * SECOND_US],
                "end": [at + lasts * 1000],
                "duration_ms": [lasts],
            },
            schema_overrides={"n": pl.UInt32},
        )

    found = matched(side("Ours"), side("Theirs"), int(row["Tolerance (s)"]) * SECOND_US)
    return {"The same call": "yes" if found.pairs.height else "no"}


def constant(values: dict[str, str]) -> Callable[[Row], dict[str, str]]:
    """Figures that the program goes by, by what they are called on the page."""
    return lambda row: {"Figure": values[row["What"]]}


CHECKS = {
    "attempts": each(attempts),
    "ratios": each(ratios),
    "payable": each(payable),
    "busy_hour": each(busy_hour),
    "refused": each(refused),
    "channels_needed": each(channels_needed),
    "replay": each(replay),
    "fewest": each(fewest),
    "servers": each(servers),
    "of_two_sides": each(of_two_sides),
    "figures": each(of_figures),
    "fit": each(
        constant(
            {
                "channels that a server carries": str(Servers().channels),
                "attempts a second that a server carries": str(Servers().cps),
                "a small loss, as a share of the attempts": plain(Decimal(str(float(SMALL_LOSS)))),
            }
        )
    ),
    "matching": each(
        constant(
            {
                "digits of a number's end that are compared": str(DIGITS),
                "seconds of tolerance, unless --tolerance says another": str(_TOLERANCE_S),
                "hours that two clocks may lie apart": str(FARTHEST_US // SECOND_US // 3600),
            }
        )
    ),
}
