"""`[card.NAME]`: the grammar of a card in an apply file (docs/reference/apply.md)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from minutebook.cards.declared_card import CardKind, DeclaredCard
from minutebook.cards.notice import Notice
from minutebook.cards.recipe import (
    EXACT,
    MOST_OPEN,
    Collapse,
    Combine,
    ProfitRule,
    Recipe,
    Require,
    check_recipe,
)
from minutebook.cards.tariff import DurationRounding, Increment, PulseAnchor, Terms
from minutebook.declarations.band_table import (
    BandsTable,
    Country,
    JurisdictionsTable,
    OriginsTable,
    declared_classes,
)
from minutebook.declarations.plan_table import RoundingTable  # noqa: TC001  (Pydantic reads it)
from minutebook.declarations.values import (
    Currency,
    Day,
    Digits,
    GraceMs,
    Price,
    Text,
    TomlTable,
    as_written,
    input_error,
)
from minutebook.errors import InputError
from minutebook.money import PRICE_LIMIT, Rounding, parse_amount, parse_seconds_ms

if TYPE_CHECKING:
    from minutebook.cards.classes import PriceClasses

_MOST_DIGITS = 15
_MOST_WEIGHT = 10**6
_MOST_PERCENT = 10_000
_LEAST_PERCENT = -100
_WEIGHT_DIGITS = 3


def _pattern(value: Any) -> str:
    text = str(value).removeprefix("+")
    if not re.fullmatch(f"[0-9?]{{1,{_MOST_DIGITS}}}", text):
        raise InputError(f"{as_written(value)} is no pattern of digits and ?, as in 44?7")
    if text.count("?") > MOST_OPEN:
        raise InputError(
            f"{as_written(value)} has more than {MOST_OPEN} open digits; write two patterns"
        )
    return text


def _weight(value: Any) -> Decimal:
    weight = parse_amount(value, "weight")
    if not 0 < weight <= _MOST_WEIGHT or weight != round(weight, _WEIGHT_DIGITS):
        raise InputError(
            f"weight {as_written(value)} is not above 0 and at most {_MOST_WEIGHT:,}, with"
            f" {_WEIGHT_DIGITS} decimals at most"
        )
    return weight


def _percent(value: Any) -> Decimal:
    percent = parse_amount(value, "percent")
    if not _LEAST_PERCENT <= percent <= _MOST_PERCENT or percent != round(percent, _WEIGHT_DIGITS):
        raise InputError(
            f"percent {as_written(value)} is not from {_LEAST_PERCENT} to {_MOST_PERCENT:,}, with"
            f" {_WEIGHT_DIGITS} decimals at most"
        )
    return percent


def _margin(value: Any) -> Decimal:
    margin = parse_amount(value)
    if abs(margin) >= PRICE_LIMIT:
        raise InputError(
            f"amount {as_written(value)} is out of range; it must be below {PRICE_LIMIT:,}"
        )
    return margin


Margin = Annotated[Decimal, input_error(_margin)]
FreeMs = Annotated[int, input_error(partial(parse_seconds_ms, what="free_seconds"))]


class ProfitTable(TomlTable):
    """One of `profit`: what is put on the combined price, and of which numbers."""

    prefixes: list[Digits] = Field(default_factory=list)
    """Of numbers that begin so. Left out, with `patterns` and `countries`: of all that no other rule is for."""
    patterns: list[Annotated[str, input_error(_pattern)]] = Field(default_factory=list)
    """As `prefixes`, where `?` stands for any digit: `"44?7"`."""
    countries: list[Country] = Field(default_factory=list)
    """Of numbers of countries, by their two letters: `"GB"`."""
    percent: Annotated[Decimal, input_error(_percent)] | None = None
    """Per cent of the combined price that are put on it; negative: taken off."""
    add: Margin | None = None
    """Money a minute that is put on it; negative: taken off."""
    price: Price | None = None
    """Money a minute: the price itself, whatever the parents charge."""
    floor: Margin | None = None
    """Money a minute: at least so much is put on."""
    ceiling: Margin | None = None
    """Money a minute: at most so much is put on."""
    cap: Price | None = None
    """Money a minute: what would cost more is blocked."""

    def rule(self) -> ProfitRule:
        """The rule that the table states."""
        said = self.model_dump()
        wheres = {key: tuple(said[key]) for key in ("prefixes", "patterns", "countries")}
        return ProfitRule(**{**said, **wheres})


class BuiltTermsTable(TomlTable):
    """`terms = { … }` of a built card: what it states; the rest is the worst of its parents'."""

    increment: Annotated[Increment, input_error(Increment.parse)] | None = None
    """Seconds: the minimum call duration, then the pulse. Left out: the largest minimum and the largest pulse."""
    connect_fee: Price | None = None
    """Money for each answered call that costs anything. Left out: the largest."""
    attempt_fee: Price | None = None
    """Money for each call that is not answered. Left out: the largest."""
    grace_seconds: GraceMs | None = None
    """Seconds: a call of at most so long costs nothing. Left out: the smallest."""
    free_seconds: FreeMs | None = None
    """Seconds, free at the start of every call. Left out: the smallest."""
    duration_rounding: Annotated[DurationRounding, Field(strict=False)] | None = None
    """How a duration becomes whole seconds. Left out: the one that makes most of them."""
    rounding: RoundingTable | None = None
    """Of a call's cost. Left out: the one that can add most to a call."""
    pulse_anchor: Annotated[PulseAnchor, Field(strict=False)] | None = None
    """Pulses count after the minimum, or from the start: `"total"`. Left out: the parents', who must agree."""
    minimum_cost: Price | None = None
    """Money: the least that a call with billed seconds costs, after rounding. Left out: the largest."""
    maximum_cost: Price | None = None
    """Money: the most that a call costs, after rounding. Left out: the largest, and none where one has none."""

    def stated(self) -> Terms:
        """The terms that the table states."""
        said = {key: getattr(self, key) for key in type(self).model_fields}
        rounding: RoundingTable | None = said.pop("rounding")
        grace_ms, free_ms = said.pop("grace_seconds"), said.pop("free_seconds")
        kept = None if rounding is None else Rounding(rounding.method, rounding.precision)
        return Terms(**said, rounding=kept, grace_ms=grace_ms, free_ms=free_ms).checked_bounds()


class MinutesTable(TomlTable):
    """`minutes = { … }` of a recipe: the days whose calls weigh its parents."""

    first: Annotated[Day, Field(alias="from")]
    """The first UTC day."""
    to: Day
    """The last one, included."""


class RecipeTable(TomlTable):
    """`build = { … }`: how a sale card is made of other cards."""

    parents: Annotated[list[Text], Field(alias="from")]
    """The names of the cards that it is built from."""
    combine: Annotated[Combine, Field(strict=False)] | None = None
    """What is made of their prices: the least, the greatest, the mean, the mean by `weights`, or the `n`-th cheapest. Left out: needed with two or more."""
    weights: dict[str, Annotated[Decimal, input_error(_weight)]] = Field(default_factory=dict)
    """Under `"weighted"`: each card's weight."""
    minutes: MinutesTable | None = None
    """Under `"weighted"`, instead of `weights`: the days, `{ from = …, to = … }`, whose minutes weigh, by the providers that each card is of. Left out: `weights` are given."""
    nth: Annotated[int, Field(ge=1)] | None = Field(default=None, alias="n")
    """Under `"nth"`: which one, the cheapest being 1."""
    require: Annotated[Require, Field(strict=False)] = Require.ANY
    """One card with a price is enough, or, `"all"`, each must have one; else the prefix is left out."""
    collapse: Annotated[Collapse, Field(strict=False)] | None = None
    """What is made of a card's prices in several bands: the least, the greatest, their mean; or they [stay apart](../rules/building.md#classes-that-are-kept). Left out: a card with bands is refused."""
    profit: list[ProfitTable] = Field(default_factory=list)
    """What is put on the combined price; the most specific rule holds. Left out: nothing is."""
    rounding: RoundingTable | None = None
    """Of the price itself. Left out: ten decimals are kept."""
    terms: BuiltTermsTable | None = None
    """What the card says of increments, fees and the rounding of calls. Left out: the worst of its parents'."""

    @model_validator(mode="after")
    def _sound(self) -> RecipeTable:
        if self.combine is None and len(self.parents) > 1:
            raise ValueError(f"combine: it is missing; say one of {', '.join(Combine)}")
        try:
            check_recipe(self.recipe())
        except InputError as error:
            raise ValueError(error.message) from None
        return self

    def recipe(self) -> Recipe:
        """The recipe that the table states."""
        rounding = self.rounding
        return Recipe(
            parents=tuple(self.parents),
            combine=self.combine or Combine.MIN,
            weights=dict(self.weights),
            nth=self.nth,
            require=self.require,
            profit=tuple(table.rule() for table in self.profit),
            rounding=EXACT if rounding is None else Rounding(rounding.method, rounding.precision),
            terms=Terms() if self.terms is None else self.terms.stated(),
            collapse=self.collapse,
            minutes=None if self.minutes is None else (self.minutes.first, self.minutes.to),
        )


class NoticeTable(TomlTable):
    """`notice = { … }`: how many days before they hold changes of its prices are to be told."""

    rise: Annotated[int, Field(ge=0, le=366)] | None = None
    """Days: of a price that rises, or changes otherwise. Left out: nothing is agreed."""
    fall: Annotated[int, Field(ge=0, le=366)] | None = None
    """Days: of a price that falls, all else being as it was. Left out: nothing is agreed."""
    new: Annotated[int, Field(ge=0, le=366)] | None = None
    """Days: of a prefix that had no price. Left out: nothing is agreed."""
    closed: Annotated[int, Field(ge=0, le=366)] | None = None
    """Days: of a prefix that is blocked, or has no price any more. Left out: nothing is agreed."""


class CardTable(TomlTable):
    """`[card.NAME]`: what is said of a card beside its decks."""

    currency: Currency | None = None
    """A card keeps its currency. Left out: required of a new one."""
    kind: Annotated[CardKind, Field(strict=False)] | None = None
    """Whose prices they are: a provider's that you buy at, or yours. Left out: not said; `"sell"` where it is built."""
    build: RecipeTable | None = None
    """How it is [built](#build) from other cards. Left out: its decks are imported."""
    bands: BandsTable | None = None
    """Times of the week at which its prices differ: its [bands](#bands). Left out: they do not."""
    jurisdictions: JurisdictionsTable | None = None
    """Its prices differ by [jurisdiction](#jurisdictions), in North America. Left out: they do not."""
    notice: NoticeTable | None = None
    """The [days of notice](#notice) that are agreed for changes of its prices. Left out: nothing is agreed."""
    callers: list[Digits] | None = None
    """Prefixes of callers, `["44", "4420"]`, at which its prices [differ](../rules/origins.md#prices-by-the-callers-prefix). Left out: they do not."""
    origins: OriginsTable | None = None
    """Its prices differ by [origin](#origins), the countries of both numbers. Left out: they do not."""

    @model_validator(mode="after")
    def _sells(self) -> CardTable:
        if self.build is not None and self.kind is CardKind.BUY:
            raise ValueError('kind: what is built is sold; write "sell", or leave build out')
        differing = [
            key
            for key in ("bands", "jurisdictions", "origins", "callers")
            if getattr(self, key) is not None
        ]
        if self.build is not None and differing:
            raise ValueError(
                f'{differing[0]}: what is built has those of its parents, by collapse = "keep"; leave them out'
            )
        return self

    @model_validator(mode="after")
    def _sound_classes(self) -> CardTable:
        try:
            self._classes()
        except InputError as error:
            raise ValueError(error.message) from None
        return self

    def card(self, name: str, currency: str) -> DeclaredCard:
        """The card that the table declares, in a currency where it says none."""
        recipe = None if self.build is None else self.build.recipe()
        kind = CardKind.SELL if recipe is not None else self.kind
        notice = None if self.notice is None else Notice(**self.notice.model_dump())
        return DeclaredCard(name, self.currency or currency, kind, recipe, self._classes(), notice)

    def _classes(self) -> PriceClasses | None:
        """What its prices differ by."""
        return declared_classes(self.bands, self.jurisdictions, self.origins, self.callers)
