"""Channels held and minimums met as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minutebook.show.tables import Column, Sheet

if TYPE_CHECKING:
    from datetime import date

    from minutebook.show.channel_use import ChannelUseView
    from minutebook.show.servers import MinimumView

CHANNEL_DAYS = [
    Column("date", "Date (UTC)"),
    Column("channels_bought", "Bought", number=True),
    Column("peak", "Peak", number=True),
    Column("peak_at", "Peak at (UTC)", drop=9),
    Column("mean", "Mean", number=True, drop=8),
    Column("p95", "P95", number=True, drop=11),
    Column("seconds_above", "Above bought (s)", number=True, drop=12),
    Column("cps_peak", "CPS peak", number=True, drop=6),
    Column("attempts", "Attempts", number=True, drop=5),
    Column("answered", "Answered", number=True, drop=4),
    Column("asr", "ASR", number=True, drop=3),
    Column("acd_seconds", "ACD (s)", number=True, drop=2),
    Column("ner", "NER", number=True, drop=1),
    Column("minutes", "Minutes", number=True, drop=7),
]
CHANNELS_SERVER = Column("server", "Server")
MINIMUM = [
    Column("server", "Server"),
    Column("deployed", "Deployed", drop=6),
    Column("retired", "Retired", drop=4),
    Column("days", "Days charged", number=True, drop=5),
    Column("free_days", "Free days", number=True, drop=3),
    Column("owed", "Minimum due", money=True),
    Column("calls", "Calls carried", number=True, drop=2),
    Column("seconds", "Used (s)", number=True, drop=1),
]


def channels_sheet(
    view: ChannelUseView, first: date, last: date, *, by_server: bool = False
) -> Sheet:
    """An account's channels, day by day; `by_server`: a line for each server and day."""
    from minutebook.show.sentences.notes import channel_use_notes

    title = f"{view.account}, {first} to {last}"
    columns = [*CHANNEL_DAYS[:1], CHANNELS_SERVER, *CHANNEL_DAYS[1:]] if by_server else CHANNEL_DAYS
    return Sheet(columns, view.days, title=title, notes=channel_use_notes(view))


def minimum_sheet(view: MinimumView) -> Sheet:
    """The servers of an account in a month, and where their minimum stands."""
    from minutebook.show.sentences.notes import minimum_notes

    title = f"{view.account}, {view.month:%Y-%m}, in {view.currency}"
    return Sheet(MINIMUM, view.servers, title=title, notes=minimum_notes(view))
