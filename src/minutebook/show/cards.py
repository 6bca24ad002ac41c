"""Rate cards as every door shows them: revisions, prices, differences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook import money
from minutebook.cards.classes import classes_body
from minutebook.cards.jurisdictions import Jurisdictions
from minutebook.cards.origins import origins_from_body
from minutebook.cards.revision import ALWAYS
from minutebook.days import instant_text
from minutebook.show.serialise import Form, Instant, ModelRows, Rate, as_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from minutebook.cards.revision import Card, Revision
    from minutebook.cards.tariff import Terms

_MS_DIGITS = 3


def live_text(at: datetime) -> str:
    """The instant from which a revision holds, in words."""
    return "always" if at == ALWAYS else instant_text(at)


@dataclass(frozen=True)
class IntervalView:
    """A time throughout which a revision is in force."""

    from_: Annotated[
        datetime,
        Form("instant or always", live_text),
        Doc('its first instant; `"always"`: no first'),
    ]
    until: Annotated[
        Instant | None, Doc("the instant before which it ends; null: until further notice")
    ]


@dataclass(frozen=True)
class RevisionView:
    """A revision of a card, as it stands now."""

    card: Annotated[str, Doc("its name")]
    revision: Annotated[int, Doc("1, 2, …")]
    currency: Annotated[str, Doc("of its prices")]
    prefixes: Annotated[int, Doc("how many it prices")]
    standing: Annotated[
        str, Doc('`"draft"`, `"scheduled"`, `"in force"`, `"archived"`, `"withdrawn"`: now')
    ]
    live_at: Annotated[
        datetime | None,
        Form("instant or always", live_text),
        Doc('from when it holds first; `"always"` for a first one; null for a draft'),
    ]
    in_force: Annotated[list[IntervalView], Doc("when it is in force, in order of time")]
    file: Annotated[str, Doc("the deck's name")]

    @classmethod
    def of(cls, card: Card, revision: Revision, now: datetime) -> RevisionView:
        """A revision of a card, as it stands at an instant."""
        return cls(
            card=card.name,
            revision=revision.number,
            currency=card.currency,
            prefixes=revision.prefixes,
            standing=card.standing(revision, now),
            live_at=card.numbered(revision.number).live_at,
            in_force=[
                IntervalView(interval.start, interval.end)
                for interval in card.intervals_of(revision.number)
            ],
            file=revision.file,
        )


def intervals_text(intervals: Iterable[IntervalView]) -> str:
    """When a revision is in force, in words; empty where it never is."""
    said = []
    for one in intervals:
        until = " on" if one.until is None else f" to {instant_text(one.until)}"
        from_ = live_text(one.from_)
        said.append(from_ if (from_, until) == ("always", " on") else f"{from_}{until}")
    return ", ".join(said)


def revision_row(view: RevisionView) -> dict[str, Any]:
    """A revision as a row of a table: when it is in force in words."""
    return {**as_json(view), "in_force": intervals_text(view.in_force)}


@dataclass(frozen=True)
class CardTermsView:
    """What a card says for all of its rows; null where it is silent, and the plan says."""

    increment: Annotated[str | None, Doc('seconds, `"60/6"`')]
    connect_fee: Annotated[Rate | None, Doc("of an answered call")]
    attempt_fee: Annotated[Rate | None, Doc("of a call that was not answered")]
    grace: Annotated[Rate | None, Doc("seconds: a call of at most so long is free")]
    free_seconds: Annotated[Rate | None, Doc("seconds, free at the start of every call")]
    duration_rounding: Annotated[str | None, Doc("how a duration becomes whole seconds")]
    rounding: Annotated[str | None, Doc("how a call's cost is rounded")]
    precision: Annotated[int | None, Doc("the decimals kept")]
    pulse_anchor: Annotated[str | None, Doc('pulses count from the `"minimum"` or the `"total"`')]
    minimum_cost: Annotated[Rate | None, Doc("the least that a call with billed seconds costs")]
    maximum_cost: Annotated[Rate | None, Doc("the most that a call costs")]
    bands: Annotated[dict[str, Any] | None, Doc("as [an apply file](apply.md#bands) says them")]
    jurisdictions: Annotated[
        dict[str, Any] | None, Doc("`lrn`; `states`, `ported`: the SHA-256 of its tables")
    ]
    callers: Annotated[list[str] | None, Doc("prefixes of callers at which prices differ")]
    origins: Annotated[dict[str, Any] | None, Doc("`group`; `countries`, the SHA-256 of its table")]

    @classmethod
    def of(cls, terms: Terms) -> CardTermsView:
        """The terms of a revision."""
        classes = classes_body(terms.bands)
        return cls(
            increment=None if terms.increment is None else str(terms.increment),
            connect_fee=terms.connect_fee,
            attempt_fee=terms.attempt_fee,
            grace=_seconds(terms.grace_ms),
            free_seconds=_seconds(terms.free_ms),
            duration_rounding=terms.duration_rounding,
            rounding=None if terms.rounding is None else terms.rounding.method,
            precision=None if terms.rounding is None else terms.rounding.precision,
            pulse_anchor=terms.pulse_anchor,
            minimum_cost=terms.minimum_cost,
            maximum_cost=terms.maximum_cost,
            bands=classes.get("bands"),
            jurisdictions=classes.get("jurisdictions"),
            origins=classes.get("origins"),
            callers=classes.get("callers"),
        )

    def words(self) -> list[str]:
        """A line with what the card says, if it says anything."""
        said = {
            key.replace("_", " "): value
            for key, value in as_json(self).items()
            if value is not None
        }
        if self.bands is not None:
            names = dict.fromkeys(time["band"] for time in self.bands["times"])
            said["bands"] = f"{'/'.join(names)} ({self.bands['zone']})"
        if self.jurisdictions is not None:
            ported = ", by routing number" if self.jurisdictions["lrn"] else ""
            said["jurisdictions"] = f"{'/'.join(Jurisdictions.names)}{ported}"
        if self.origins is not None:
            said["origins"] = "/".join(origins_from_body(self.origins).names)
        if self.callers:
            said["callers"] = "/".join(self.callers)
        return (
            [f"The card says: {', '.join(f'{key} {value}' for key, value in said.items())}."]
            if said
            else []
        )


@dataclass(frozen=True)
class PriceStepView:
    """A part of a call with a rate of its own."""

    from_: Annotated[int, Doc("the second of the call with which it begins")]
    rate: Annotated[Rate, Doc("a minute")]
    pulse: Annotated[int, Doc("seconds")]


@dataclass(frozen=True)
class BandPriceView:
    """The price of a prefix in a band."""

    band: Annotated[str, Doc('its name; `"peak inter"` where prices differ by several things')]
    rate: Annotated[Rate | None, Doc("a minute; null: the row's own")]
    connect_fee: Annotated[Rate | None, Doc("null likewise")]


@dataclass(frozen=True)
class PriceView:
    """The price of a prefix."""

    prefix: Annotated[str, Doc("digits that the called number begins with")]
    name: Annotated[str | None, Doc("of the destination")]
    rate: Annotated[Rate | None, Doc("a minute; null where blocked, or priced by steps")]
    connect_fee: Annotated[Rate | None, Doc("null: the card or the plan says")]
    increment: Annotated[str | None, Doc('seconds, `"60/6"`; null likewise')]
    status: Annotated[str, Doc('`"open"` or `"blocked"`')]
    steps: Annotated[list[PriceStepView], Doc("empty where there is one rate")]
    grace: Annotated[Rate | None, Doc("seconds: a call of at most so long is free; null likewise")]
    free_seconds: Annotated[Rate | None, Doc("seconds, free at the start; null likewise")]
    rounding: Annotated[str | None, Doc("how a call's cost is rounded; null likewise")]
    precision: Annotated[int | None, Doc("the decimals kept; null likewise")]
    minimum_cost: Annotated[Rate | None, Doc("the least that a call costs; null likewise")]
    maximum_cost: Annotated[Rate | None, Doc("the most that a call costs; null likewise")]
    rates: Annotated[list[BandPriceView], Doc("of the card's bands; empty where all cost the same")]


@dataclass(frozen=True)
class PricesView(RevisionView):
    """A revision with its prices."""

    terms: Annotated[CardTermsView, Doc("of the card, for rows that say none")]
    prices: Annotated[ModelRows[PriceView], Doc("by prefix")]


def prices(frame: pl.DataFrame) -> ModelRows[PriceView]:
    """Rows of a deck (`cards.decks.DECK_SCHEMA`) as prices."""
    return ModelRows.of(
        PriceView,
        frame.select("prefix", "name", "status"),
        rate=_rates(frame["rate"]),
        connect_fee=_rates(frame["connect_fee"]),
        increment=[
            None
            if m is None and p is None
            else "/".join("" if s is None else str(s) for s in (m, p))
            for m, p in frame.select("minimum_s", "pulse_s").iter_rows()
        ],
        steps=[
            [
                as_json(PriceStepView(step["from_s"], _amount(step["rate"]), step["pulse_s"]))
                for step in steps or ()
            ]
            for steps in frame["steps"].to_list()
        ],
        grace=_rates(frame["grace_ms"], _MS_DIGITS),
        free_seconds=_rates(frame["free_ms"], _MS_DIGITS),
        rounding=frame["rounding_method"].to_list(),
        precision=frame["rounding_precision"].to_list(),
        minimum_cost=_rates(frame["minimum_cost"]),
        maximum_cost=_rates(frame["maximum_cost"]),
        rates=[
            [
                {
                    "band": price["band"],
                    "rate": _text(price["rate"]),
                    "connect_fee": _text(price["connect_fee"]),
                }
                for price in rates or ()
            ]
            for rates in frame["rates"].to_list()
        ],
    )


def _rates(units: Iterable[int | None], digits: int = money.SCALE) -> list[str | None]:
    """Whole numbers of units of 10⁻¹⁰, or of another power of ten, as text."""
    return [_text(count, digits) for count in units]


def _text(count: int | None, digits: int = money.SCALE) -> str | None:
    return None if count is None else money.text(Decimal(count).scaleb(-digits), 0)


def _seconds(ms: int | None) -> Decimal | None:
    return None if ms is None else Decimal(ms).scaleb(-_MS_DIGITS)


def _amount(units: int) -> Decimal:
    return money.decimal_of_units(units)
