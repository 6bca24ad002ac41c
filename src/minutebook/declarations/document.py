"""The apply file: its grammar, and errors that name file and line (contract.md, "Declaring").

Pydantic holds the grammar. What a later version will do is known by name and refused plainly,
so that no one takes it for granted.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from minutebook.calls.source import MAX_CALL_HOURS, OPTIONS
from minutebook.declarations.model import MATCH_KEYS
from minutebook.declarations.toml_lines import TomlText
from minutebook.errors import InputError
from minutebook.money import Method, Rounding, parse_amount, parse_price
from minutebook.tariffs.tariff import (
    DEFAULT_TERMS,
    DurationRounding,
    Increment,
    PulseAnchor,
    Step,
    Tally,
    Terms,
    check_steps,
)

if TYPE_CHECKING:
    from pathlib import Path

LATER = {
    "tiers": "per-channel billing",
    "tier_mode": "per-channel billing",
    "charge": "per-channel billing",
    "over": "per-channel billing",
    "bill_by": "per-channel billing",
    "channels": "per-channel billing",
    "prorate": "the minimum charge per server",
}


def _input_error(make: Any) -> Any:
    """A validator from a parser that raises InputError: pydantic wants ValueError."""

    def validate(value: Any) -> Any:
        try:
            return make(value)
        except InputError as error:
            raise ValueError(error.message) from None

    return BeforeValidator(validate)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        raise ValueError(
            "is an instant; terms and deployments are whole UTC days: write a date alone"
        )
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a date, as in 2026-10-01") from None
    if isinstance(value, date):
        return value
    raise ValueError(f"{value!r} is not a date, as in 2026-10-01")


def _grace_ms(value: Any) -> int:
    ms = parse_price(value, "grace_seconds") * 1000
    if ms != int(ms):
        raise InputError("grace_seconds is finer than a millisecond")
    return int(ms)


def _digits(value: Any) -> str:
    text = str(value).removeprefix("+")
    if not (text.isascii() and text.isdigit()):
        raise InputError(f"{value!r} is not a number's first digits, as in 4420")
    return text


Day = Annotated[date, BeforeValidator(_day)]
Price = Annotated[Decimal, _input_error(parse_price)]
Amount = Annotated[Decimal, _input_error(parse_amount)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Digits = Annotated[str, _input_error(_digits)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _not_yet(cls, values: Any) -> Any:
        if isinstance(values, dict):
            for key in values.keys() & LATER.keys():
                if key not in cls.model_fields:
                    raise ValueError(
                        f"{key}: {LATER[key]} is not part of this version; leave it out"
                    )
        return values


class RoundingTable(_Table):
    """`rounding = { method = …, precision = … }`."""

    method: Annotated[Method, Field(strict=False)] = Method.UP
    precision: Annotated[int, Field(ge=0, le=10)] = 4


class StepTable(_Table):
    """One of `steps`: from a second on, a rate a minute by a pulse."""

    start: Annotated[int, Field(alias="from", ge=0)]
    rate: Price
    pulse: Annotated[int, Field(ge=1)]


class PlanTable(_Table):
    """`[plan.NAME]`."""

    model: Literal["per_minute", "per_channel"]
    currency: Currency
    rate: Price | None = None
    card: Text | None = None
    steps: list[StepTable] | None = None
    tally: Annotated[Tally, Field(strict=False)] | None = None
    increment: Annotated[Increment, _input_error(Increment.parse)] | None = None
    connect_fee: Price | None = None
    attempt_fee: Price | None = None
    grace_seconds: Annotated[int, _input_error(_grace_ms)] | None = None
    duration_rounding: Annotated[DurationRounding, Field(strict=False)] | None = None
    rounding: RoundingTable | None = None
    pulse_anchor: Annotated[PulseAnchor, Field(strict=False)] | None = None
    minimum_per_server: Price = Decimal(0)
    from_day: Annotated[Day | None, Field(alias="from")] = None

    @model_validator(mode="before")
    @classmethod
    def _per_minute_only(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("model") == "per_channel":
            raise ValueError(
                'model: "per_channel" is not part of this version; only "per_minute" plans are'
            )
        return values

    @model_validator(mode="after")
    def _whole(self) -> PlanTable:
        if sum(price is not None for price in (self.rate, self.card, self.steps)) != 1:
            raise ValueError("a per_minute plan says exactly one of rate, card and steps")
        if self.minimum_per_server != 0:
            raise ValueError(
                "minimum_per_server: the minimum charge per server is not part of this version; leave it out"
            )
        if self.steps is not None and (self.increment is not None or self.pulse_anchor is not None):
            raise ValueError("steps have their own pulses; leave out increment and pulse_anchor")
        if self.steps is not None:
            try:
                check_steps(self.priced_steps())
            except InputError as error:
                raise ValueError(error.message) from None
        return self

    def priced_steps(self) -> tuple[Step, ...]:
        """The steps in the core's words."""
        return tuple(Step(step.start, step.rate, step.pulse) for step in self.steps or [])

    def terms(self) -> Terms:
        """What the plan says of increments, fees and rounding, with the defaults."""
        said = Terms(
            increment=self.increment,
            connect_fee=self.connect_fee,
            attempt_fee=self.attempt_fee,
            grace_ms=self.grace_seconds,
            duration_rounding=self.duration_rounding,
            rounding=None
            if self.rounding is None
            else Rounding(self.rounding.method, self.rounding.precision),
            pulse_anchor=self.pulse_anchor,
        )
        return said.over(DEFAULT_TERMS)


class TermTable(_Table):
    """One of `terms`."""

    from_day: Annotated[Day, Field(alias="from")]
    plan: Text
    override: Text | None = None


class MatchTable(_Table):
    """One of `match`: all of its keys must hold."""

    account_code: Text | None = None
    trunk: Text | None = None
    caller_prefix: Digits | None = None
    server: Text | None = None

    @model_validator(mode="after")
    def _some_key(self) -> MatchTable:
        if not self.keys():
            raise ValueError(f"a match table needs a key: {', '.join(MATCH_KEYS)}")
        return self

    def keys(self) -> dict[str, str]:
        """The keys that the table names, in ranking order."""
        return {key: value for key in MATCH_KEYS if (value := getattr(self, key)) is not None}


class AccountTable(_Table):
    """`[account.NAME]`: `plan` and `from`, or `terms`."""

    name: Text | None = None
    plan: Text | None = None
    from_day: Annotated[Day | None, Field(alias="from")] = None
    terms: list[TermTable] | None = None
    debit_limit: Amount | None = None
    match: list[MatchTable] | None = None

    @model_validator(mode="after")
    def _terms_once(self) -> AccountTable:
        if (self.terms is None) == (self.plan is None):
            raise ValueError(
                "an account says plan and from, or terms = [ { from = …, plan = … }, … ]"
            )
        if self.plan is not None and self.from_day is None:
            raise ValueError("from: the day from which the account is on its plan is missing")
        if self.terms is not None and self.from_day is not None:
            raise ValueError("from: each of the terms has its own; leave it out here")
        if self.terms is not None and not self.terms:
            raise ValueError("terms: an account has at least one")
        days = [term.from_day for term in self.all_terms()]
        if len(set(days)) != len(days):
            raise ValueError("terms: two of them begin on one day")
        return self

    def all_terms(self) -> list[TermTable]:
        """The terms, sorted by day, however they were written."""
        if self.terms is None:
            return [TermTable.model_validate({"from": self.from_day, "plan": self.plan})]
        return sorted(self.terms, key=lambda term: term.from_day)


class ServerTable(_Table):
    """`[server.NAME]`."""

    account: Text
    deployed: Day
    retired: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ServerTable:
        if self.retired is not None and self.retired < self.deployed:
            raise ValueError(f"retired {self.retired} comes before deployed {self.deployed}")
        return self


def _zone(value: Any) -> Any:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(str(value))
    except Exception:
        raise ValueError(f"{value!r} is not an IANA time zone, as in Europe/Berlin") from None
    return value


class SourceTable(_Table):
    """`[source.NAME]`: what a file cannot say of itself."""

    format: Literal["minutebook", "asterisk", "freeswitch", "kamailio", "opensips"] | None = None
    zone: Annotated[str, BeforeValidator(_zone)] | None = None
    server: Text | None = None
    country: Digits | None = None
    international_prefix: Digits = "00"
    national_prefix: Digits | Literal[""] = "0"
    tech_prefixes: list[Text] = Field(default_factory=list)
    max_call_hours: Annotated[int, Field(ge=1, le=MAX_CALL_HOURS)] = 168
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_options(self) -> SourceTable:
        known = {"columns"} | {
            option
            for name, options in OPTIONS.items()
            if self.format in (None, name)
            for option in options
        }
        for option in self.options.keys() - known:
            raise ValueError(
                f"options: unknown option {option!r}; known are {', '.join(sorted(known))}"
            )
        return self


class Document(_Table):
    """A whole apply file."""

    plan: dict[str, PlanTable] = Field(default_factory=dict)
    account: dict[str, AccountTable] = Field(default_factory=dict)
    server: dict[str, ServerTable] = Field(default_factory=dict)
    source: dict[str, SourceTable] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _names(cls, values: Any) -> Any:
        if isinstance(values, dict):
            for kind in values.keys() & cls.model_fields.keys():
                for name in values[kind] if isinstance(values[kind], dict) else ():
                    if not name.strip() or name != name.strip() or not name.isprintable():
                        raise ValueError(
                            f"{kind} {name!r}: a name is printable and has no blanks around it"
                        )
        return values


def read(path: Path) -> tuple[Document, TomlText]:
    """The apply file, checked by itself; `InputError` with file and line for the first error."""
    text = TomlText.read(path)
    try:
        return Document.model_validate(text.values), text
    except ValidationError as error:
        first = error.errors()[0]
        location = tuple(part for part in first["loc"] if part != "function-before")
        words = _words(first, location)
        raise InputError(words, file=str(path), line=_line(text, location, words)) from None


def _line(text: TomlText, location: tuple[str | int, ...], words: str) -> int:
    """The line of the key that an error of a whole table names first, else of the table."""
    for word in re.findall(r"(\w+): ", words):
        if (*map(str, location), word) in text.lines:
            return text.lines[(*map(str, location), word)]
    return text.line_of(location)


def _words(error: Any, location: tuple[str | int, ...]) -> str:
    table = ".".join(str(part) for part in location[:2]) or "the file"
    key = ".".join(str(part) for part in location[2:])
    match error["type"]:
        case "extra_forbidden" if len(location) == 1:
            return (
                f"unknown table {location[0]!r}; an apply file has plan, account, server and source"
            )
        case "extra_forbidden":
            return f"{table}: unknown key {location[-1]!r}; take it out or mend its spelling"
        case "missing":
            return f"{table}: {location[-1]} is missing; add it"
        case "value_error":
            message = str(error["ctx"]["error"])
        case _:
            message = error["msg"][0].lower() + error["msg"][1:]
    return ": ".join(part for part in (table, key, message) if part)
