"""The apply file: its grammar, and errors that name file and line (docs/reference/apply.md).

Pydantic holds the grammar; a plan's stands in `plan_table`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from minutebook.calls import readers
from minutebook.calls.source import MAX_CALL_HOURS
from minutebook.declarations.card_table import CardTable
from minutebook.declarations.fx_table import FxTable
from minutebook.declarations.plan_table import PlanTable
from minutebook.declarations.provider_table import ProviderTable
from minutebook.declarations.schedule_table import ScheduleTable
from minutebook.declarations.toml_lines import TomlText
from minutebook.declarations.values import (
    MOST_CHANNELS,
    Day,
    Digits,
    Limit,
    Text,
    TomlTable,
    Zone,
    as_written,
    keys_at,
    wrong_value,
)
from minutebook.errors import InputError
from minutebook.plans.terms import MATCH_KEYS
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.plans.plan import Plan

Channels = Annotated[int, Field(ge=0, le=MOST_CHANNELS)]


ON_WHAT = "an account says plan and from, or terms = [ { from = …, plan = … }, … ]"
"""What an account cannot do without when it is opened."""


class TermTable(TomlTable):
    """One of `terms`."""

    from_day: Annotated[Day, Field(alias="from")]
    """The first UTC day on the plan. Terms are merged by it; those that a file does not name stay. A closed month takes no new ones."""
    plan: Text
    """The plan it is on."""
    channels: Channels | None = None
    """The channels bought, as in the account itself."""
    override: Text | None = None
    """Why it may change between minutes and channels within 30 days of the last such change; kept."""


class MatchTable(TomlTable):
    """One of `match`: all of its keys must hold."""

    account_code: Text | None = None
    """The record carries this account code."""
    trunk: Text | None = None
    """The call came in by this trunk."""
    caller_prefix: Digits | None = None
    """The caller's number, normalised, begins with these digits."""
    server: Text | None = None
    """This server recorded the call."""

    @model_validator(mode="after")
    def _some_key(self) -> MatchTable:
        if not self.keys():
            raise ValueError(f"a match table needs a key: {', '.join(MATCH_KEYS)}")
        return self

    def keys(self) -> dict[str, str]:
        """The keys that the table names, in ranking order."""
        return {key: value for key in MATCH_KEYS if (value := getattr(self, key)) is not None}


class AccountTable(TomlTable):
    """`[account.NAME]`: `plan`, perhaps `channels`, and `from`; or `terms`. One that is declared may say neither."""

    name: Text | None = None
    """For people. Left out: the table's name."""
    plan: Text | None = None
    """The plan it is on."""
    channels: Channels | None = None
    """The channels bought, under a plan that charges by the channel; needed there (not with `bill_by = "p95"`), refused elsewhere."""
    from_day: Annotated[Day | None, Field(alias="from")] = None
    """The first UTC day on it."""
    terms: list[TermTable] | None = None
    """A history, instead of `plan`, `channels` and `from`."""
    debit_limit: Limit | None = None
    """Money: the balance may go down to minus this. Negative: calls stop while so much is left. Left out: 0."""
    match: list[MatchTable] | None = None
    """Which calls are its own: all keys of a table must hold; any of the tables will do."""
    closed: Day | None = None
    """The last UTC day, included: it owes nothing after it, and later calls are set aside. Once said it stays."""
    mask_numbers: bool | None = None
    """The customer is shown the numbers that it called without their last digits. Left out: false."""
    offers: list[Text] | None = None
    """Plans that the customer may compare its own with. Left out: none."""

    @model_validator(mode="after")
    def _terms_once(self) -> AccountTable:
        if self.terms is not None and self.plan is not None:
            raise ValueError(ON_WHAT)
        for key, value in (("channels", self.channels), ("from", self.from_day)):
            if value is not None and self.terms is None and self.plan is None:
                raise ValueError(f"{key}: says nothing without plan; {ON_WHAT}")
        if self.plan is not None and self.from_day is None:
            raise ValueError("from: the day from which the account is on its plan is missing")
        if self.terms is not None and self.from_day is not None:
            raise ValueError("from: each of the terms has its own; leave it out here")
        if self.terms is not None and self.channels is not None:
            raise ValueError("channels: each of the terms has its own; leave it out here")
        if self.terms is not None and not self.terms:
            raise ValueError("terms: an account has at least one")
        days = [term.from_day for term in self.all_terms()]
        if len(set(days)) != len(days):
            raise ValueError("terms: two of them begin on one day")
        return self

    def all_terms(self) -> list[TermTable]:
        """The terms, sorted by day, however they were written; none where the table says none."""
        if self.terms is None and self.plan is None:
            return []
        if self.terms is None:
            said = {"from": self.from_day, "plan": self.plan, "channels": self.channels}
            return [TermTable.model_validate(said)]
        return sorted(self.terms, key=lambda term: term.from_day)


class ServerTable(TomlTable):
    """`[server.NAME]`."""

    account: Text | None = None
    """Whose it is; it cannot change. Left out: required of a new one."""
    deployed: Day | None = None
    """The first UTC day, included. Left out: required of a new one."""
    retired: Day | None = None
    """The last UTC day, included. Once said it stays, also where a file leaves it out."""

    @model_validator(mode="after")
    def _in_order(self) -> ServerTable:
        if self.retired and self.deployed and self.retired < self.deployed:
            raise ValueError(f"retired {self.retired} comes before deployed {self.deployed}")
        return self


def _format(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("is not text in quotes")
    try:
        readers.options(value)
    except InputError as error:
        raise ValueError(error.message) from None
    return value


class SourceTable(TomlTable):
    """`[source.NAME]`: what a file cannot say of itself."""

    format: Annotated[str, BeforeValidator(_format)] | None = None
    """A source that names one takes no other. Left out: any."""
    zone: Zone | None = None
    """The IANA time zone of times without an offset, `"Europe/Berlin"`."""
    server: Text | None = None
    """The switch's name, for records that carry none."""
    country: Digits | None = None
    """The calling code that completes national numbers, `"44"`."""
    international_prefix: Digits = "00"
    """What is dialled before an international number."""
    national_prefix: Digits | Literal[""] = "0"
    """What is dialled before a national number; used where there is a `country`."""
    tech_prefixes: list[Text] = Field(default_factory=list)
    """Technical prefixes before numbers, with or without `#`."""
    max_call_hours: Annotated[int, Field(ge=1, le=MAX_CALL_HOURS)] = 168
    """Hours: a longer call is set aside."""
    options: dict[str, Any] = Field(default_factory=dict)
    """By format; see [the formats](../engineer/formats.md)."""

    @model_validator(mode="after")
    def _known_options(self) -> SourceTable:
        known = readers.options(self.format)
        for option in self.options.keys() - known:
            raise ValueError(
                f"options: unknown option {option!r}{did_you_mean(option, known)}; known are {', '.join(sorted(known))}"
            )
        return self


class Document(TomlTable):
    """A whole apply file."""

    plan: dict[str, PlanTable] = Field(default_factory=dict)
    account: dict[str, AccountTable] = Field(default_factory=dict)
    server: dict[str, ServerTable] = Field(default_factory=dict)
    source: dict[str, SourceTable] = Field(default_factory=dict)
    card: dict[str, CardTable] = Field(default_factory=dict)
    provider: dict[str, ProviderTable] = Field(default_factory=dict)
    fx: dict[str, list[FxTable]] = Field(default_factory=dict)
    schedule: dict[str, ScheduleTable] = Field(default_factory=dict)

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


def read_document(path: Path) -> tuple[Document, TomlText]:
    """The apply file, checked by itself; `InputError` with file and line for the first error."""
    text = TomlText.read(path)
    try:
        return Document.model_validate(text.values), text
    except ValidationError as error:
        words, location = refusal(error)
        raise InputError(words, file=str(path), line=_line(text, location, words)) from None


def plans_of(path: Path) -> dict[str, Plan]:
    """The plans of an apply file, by name; what else it declares is passed over."""
    document, text = read_document(path)
    if not document.plan:
        raise InputError("declares no plan to consider", file=text.path)
    return {name: table.plan(name) for name, table in document.plan.items()}


def beside_plans(path: Path) -> list[str]:
    """The kinds of declarations that an apply file has beside plans."""
    document, _ = read_document(path)
    return [kind for kind in Document.model_fields if kind != "plan" and getattr(document, kind)]


def refusal(error: ValidationError) -> tuple[str, tuple[str | int, ...]]:
    """The first thing that is wrong, in words, and its place in the document.

    A key that is missing may be there, misspelt: then that is what is wrong.
    """
    wrong = error.errors()
    table = wrong[0]["loc"][:-1]
    misspelt = (e for e in wrong if e["type"] == "extra_forbidden" and e["loc"][:-1] == table)
    first = next(misspelt, wrong[0])
    location = tuple(part for part in first["loc"] if not str(part).startswith("function-before"))
    return _words(first, location), location


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
            kinds = Document.model_fields
            return (
                f"unknown table {location[0]!r}{did_you_mean(str(location[0]), kinds)};"
                f" an apply file has {', '.join(kinds)}"
            )
        case "extra_forbidden":
            wrong = str(location[-1])
            known = sorted(keys_at(Document, (location[0], *location[2:-1])))
            near = did_you_mean(wrong, known)
            mend = "take it out or mend its spelling"
            if not near and known:
                mend = f"there may be {', '.join(known)}"
            return f"{table}: unknown key {wrong!r}{near}; {mend}"
        case "missing":
            return f"{table}: {location[-1]} is missing; add it"
        case "value_error":
            message = str(error["ctx"]["error"])
        case "enum" | "literal_error":
            known = re.findall("'([^']*)'", error["ctx"]["expected"])
            near = did_you_mean(str(error["input"]), known)
            message = f"{as_written(error['input'])}{near} is not one of"
            message += f" {', '.join(known)}"
        case "dict_type" | "model_type" if len(location) == 1:
            message = f"is not a table; write [{table}.NAME], and its keys below"
        case kind:
            message = wrong_value(kind, error["input"], error.get("ctx", {}))
    return ": ".join(part for part in (table, key, message) if part)
