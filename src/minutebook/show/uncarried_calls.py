"""Calls that no provider carried, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Day, Instant, ModelRows, Rate

if TYPE_CHECKING:
    from datetime import date

    import polars as pl


@dataclass(frozen=True)
class UncarriedCallView:
    """An answered call that no declared provider carried."""

    call_id: Annotated[str, Doc("as of a call")]
    account: Annotated[str, Doc("whose it is")]
    server: Annotated[str, Doc("the switch that recorded it; empty where nobody says")]
    trunk: Annotated[str | None, Doc("by which it went out, where the record says")]
    called: Annotated[str, Doc("normalised")]
    called_recorded: Annotated[str | None, Doc("as the switch wrote it, where that differs")]
    answered_at: Annotated[Instant, Doc("when it was answered")]
    seconds: Annotated[float, Doc("answer to end")]
    destination: Annotated[str | None, Doc("of the row that prices its sale")]
    sale: Annotated[Rate | None, Doc("what it is sold for, as `cost` of a call")]
    no_provider: Annotated[
        str,
        Doc(
            '`"no_trunk"`: the record names none; `"unknown_trunk"`: no provider\'s match table holds'
        ),
    ]


@dataclass(frozen=True)
class UncarriedCallsView:
    """Answered calls of some days that no declared provider carried."""

    account: Annotated[str | None, Doc("null: of all")]
    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    uncarried: Annotated[ModelRows[UncarriedCallView], Doc("by time of setup")]

    @classmethod
    def of(
        cls, account: str | None, first: date, last: date, frame: pl.DataFrame
    ) -> UncarriedCallsView:
        """Calls as `book.calls.without_provider` gives them."""
        seconds = [ms / 1000 for ms in frame["duration_ms"]]
        rows = frame.rename({"cost": "sale"})
        return cls(account, first, last, ModelRows.of(UncarriedCallView, rows, seconds=seconds))
