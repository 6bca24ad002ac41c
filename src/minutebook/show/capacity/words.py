"""A capacity as answers to a provider, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.words import counted, more_text, percent_text, stretches

if TYPE_CHECKING:
    from minutebook.fit.capacity import Capacity


def questionnaire(found: Capacity) -> list[tuple[str, str]]:
    """What a provider asks of a customer's capacity, answered."""
    traffic, demand = found.traffic, found.demand
    days = (traffic.last - traffic.first).days + 1
    acd = traffic.acd_seconds
    return [
        ("Channels at once, at most", f"{found.peak:,}"),
        ("Channels at once, 95th percentile of five minutes", f"{found.p95:,}"),
        ("Channels to provide", f"{found.channels:,}"),
        ("Call attempts a second, at most", f"{found.cps_peak:,}"),
        ("Attempts a day on average, before growth", f"{traffic.attempts / days:,.0f}"),
        ("Minutes a month, before growth", f"{traffic.duration_ms / 60_000 / days * 30:,.0f}"),
        (
            "Busy hour (UTC)",
            f"{demand.busy_hour:%Y-%m-%d %H:00}, {demand.erlangs:,.2f} erlangs",
        ),
        ("ACD: mean duration of answered calls", "none" if acd is None else f"{acd:,.1f} s"),
        ("ASR: answered of all attempts", f"{traffic.asr:.1%}"),
        ("NER: those who were called were reached", f"{traffic.ner:.1%}"),
        ("Growth to allow for", percent_text(found.assumptions.growth)),
        (
            f"Servers, at {found.assumptions.servers.channels:,} channels and"
            f" {found.assumptions.servers.cps:,} attempts a second each",
            f"{found.servers:,}",
        ),
    ]


def capacity_words(found: Capacity) -> list[str]:
    """What the report of a capacity says first, a sentence or two a line."""
    need, asked = found.demand, found.assumptions
    said = [_needed(found), f"{counted(need.curve.peak, 'channel')} would have lost nothing."]
    if asked.cps_limit is not None:
        said[1] = (
            f"{counted(need.curve.peak, 'channel')} would have lost nothing for want of a channel. Of"
            f" {counted(need.curve.attempts, 'attempt')}, the limit of {asked.cps_limit:,} a second"
            f" refuses {need.curve.refused[0]:,}, however many channels there are."
        )
    return [*said, *capacity_cautions(found)]


def sizes(found: Capacity) -> list[str]:
    """How many channels lose how little; what a limit of attempts a second refuses besides."""
    need, refused = found.demand, found.demand.curve.refused[0]
    target, nothing = f"At most {percent_text(need.blocking)} lost", "Nothing lost"
    limit = found.assumptions.cps_limit
    notes = []
    if limit is not None and refused:
        notes.append(
            f"At most {counted(limit, 'attempt')} a second: {refused:,} of"
            f" {counted(need.curve.attempts, 'attempt')} ({found.refused_share:.1%}) are refused, however"
            " many channels there are. The losses above count them; the channels below are for the"
            " rest."
        )
        target, nothing = f"{target} of the rest", f"{nothing} of the rest"
    notes.append(
        f"{target}: {counted(need.channels_replay, 'channel')} by replay;"
        f" {need.channels_erlang_b:,} by Erlang B for {need.erlangs:,.2f} erlangs in the busy hour,"
        f" {need.busy_hour:%Y-%m-%d %H:00} UTC. {nothing}: {need.curve.peak:,}."
    )
    return notes


def capacity_cautions(found: Capacity) -> list[str]:
    """What the figures rest on, a sentence or two a line."""
    growth, traffic = found.assumptions.growth, found.traffic
    notes = []
    if growth:
        how = "copied evenly, some minutes later," if growth > 0 else "left out evenly"
        notes.append(
            f"With {more_text(growth)} traffic: calls are {how} until there are so many. The"
            f" {traffic.cps_peak:,} attempts a second that were recorded are taken to be as much"
            f" {'more' if growth > 0 else 'less'}, rounded up."
        )
    if growth > 0 and found.assumptions.cps_limit is not None:
        notes.append(
            "The limit is tried on the copies minutes later: of traffic that grows within the same"
            " seconds it would refuse more."
        )
    if traffic.days_without_calls:
        days = stretches(traffic.days_without_calls)
        notes.append(f"Not a single call on {days}: all this rests on the other days.")
    if traffic.without_setup:
        notes.append(
            f"{counted(traffic.without_setup, 'call')} without a setup time: ringing is not counted"
            " there, so more channels may be needed."
        )
    return notes


def _needed(found: Capacity) -> str:
    need = found.demand
    if not found.channels and not need.curve.peak:
        return "Nothing held a channel, so this traffic needs none."
    traffic = "what the limit lets through" if need.curve.refused[0] else "this traffic"
    return (
        f"{counted(found.channels, 'channel')} on {counted(found.servers, 'server')}, to lose at most"
        f" {percent_text(need.blocking)} of {traffic}: {need.channels_replay:,} by replay of the"
        f" recorded attempts, {need.channels_erlang_b:,} by Erlang B for the busy hour."
    )
