"""How a deck is to be read, as a form says it: the options of `minutebook card import`, each a field."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from minutebook.api.deck_options import columns_said, lines_said
from minutebook.cards.tariff import DurationRounding
from minutebook.days import read_instant
from minutebook.errors import InputError
from minutebook.money import Method
from minutebook.web.apply_text import number_said, word_said
from minutebook.web.blocks import Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from minutebook.book import Book

_EITHER: Final = [("", "as the deck shows")]
_AS_BEFORE: Final = ("", "as the revision before, else the plan")
_ROUNDED: Final = [(one.value, one.value.replace("_", " ")) for one in Method]
_FIELDS: Final = (
    Field("card", "Card", hint="Of a name that is new it is made."),
    Field("live", "Live from (UTC day)", "date", required=False, hint="Left empty: a draft, to be taken live later; a first revision holds from always."),
    Field("partial", "It has changes alone: the other rows stay", "checkbox", required=False),
    Field("currency", "Currency", required=False, hint="As USD, where the deck does not say it."),
    Field("map", "Columns", "textarea", required=False, hint="A line each, our name first, as rate = Price; #4 is the fourth column."),
    Field("ignore", "Not to be read", "textarea", required=False, hint="Columns, and lines above the header, a line each."),
    Field("dates", "Dates in numbers", required=False, options=[*_EITHER, ("dmy", "the day first"), ("mdy", "the month first")]),
    Field("decimals", "Decimals begin with", required=False, options=[*_EITHER, ("point", "a point"), ("comma", "a comma")]),
    Field("increment", "Increment (seconds)", required=False, hint="As 60/60, of rows that say none."),
    Field("profile", "As the deck was read that was kept as", required=False),
)  # fmt: skip
_MORE: Final = (
    Field("save_profile", "Keep how it is read, for the next deck, as", required=False, hint="A name, as vox; kept when it is imported."),
    Field("connect_fee", "Connect fee", required=False, hint="Of rows that say none."),
    Field("attempt_fee", "Attempt fee", required=False, hint="Of unanswered calls."),
    Field("grace", "Grace (seconds)", required=False, hint="Calls of at most so long are free."),
    Field("free_seconds", "Free seconds", required=False, hint="Free at the start of every call."),
    Field("pulse_anchor", "Pulses count from", required=False, options=[_AS_BEFORE, ("minimum", "the end of the minimum"), ("total", "the call's start")]),
    Field("duration_rounding", "Durations are rounded", required=False, options=[_AS_BEFORE, *((one.value, one.value.replace("_", " ")) for one in DurationRounding)]),
    Field("rounding", "Costs are rounded", required=False, options=[_AS_BEFORE, *_ROUNDED]),
    Field("precision", "Decimals kept", "number", required=False),
    Field("minimum_cost", "The least that a billed call costs", required=False),
    Field("maximum_cost", "The most that a call costs", required=False),
    Field("sheet", "Sheet of a workbook", required=False),
    Field("inside", "File of a zip archive", required=False),
    Field("encoding", "Encoding of the text", required=False, hint="As cp1251, where it is neither UTF-8 nor Windows-1252."),
    Field("deck_card", "Card of a file in JSON", required=False),
    Field("strict", "Refuse what holds sooner than the card's notice", "checkbox", required=False),
)  # fmt: skip
_NAMES: Final = {field.name: field for field in (*_FIELDS, *_MORE)}
_PLAIN: Final = ("currency", "dates", "decimals", "sheet", "inside", "encoding", "deck_card", "profile")  # fmt: skip


def reading_fields(
    book: Book, said: Mapping[str, str], error: str | None = None
) -> tuple[list[Field], list[Field]]:
    """The fields, filled, and those that are seldom asked for; what the reader asks stands beside the one that answers it."""
    profiles = [("", "none"), *((one.name, one.name) for one in book.cards.profiles())]
    asked = asked_field(error)

    def filled(fields: Sequence[Field]) -> list[Field]:
        return [
            replace(
                field,
                value=said.get(field.name, ""),
                error=None if error is None or field.name != asked else in_words(error),
                options=profiles if field.name == "profile" else field.options,
            )
            for field in fields
        ]

    return filled(_FIELDS), filled(_MORE)


def asked_field(error: str | None) -> str | None:
    """The field that answers what is wrong, as its sentence names the option; None: it names none of them."""
    for option in re.findall(r"--([a-z][a-z-]*)", error or ""):
        name = option.replace("-", "_")
        if name in _NAMES:
            return str(name)
    return None


def in_words(error: str) -> str:
    """A sentence whose options are named as the fields are."""

    def label(found: re.Match[str]) -> str:
        field = _NAMES.get(found[1].replace("-", "_"))
        return found[0] if field is None else f"“{field.label}”"

    return re.sub(r"--([a-z][a-z-]*)", label, error)


def sent_again(said: Mapping[str, str]) -> dict[str, str]:
    """What was said, to be asked for again."""
    return {name: said[name] for name in _NAMES if said.get(name)}


def read_so(book: Book, said: Mapping[str, str]) -> dict[str, Any]:
    """How `book.cards.import_deck` is to read a deck; `InputError` for what a field cannot say."""
    from minutebook.cards.terms_told import tariff_terms

    live = word_said(said, "live")
    known = next((one for one in book.cards.list() if one.name == said.get("card")), None)
    increment, connect, attempt, grace, seconds, rounding = (
        word_said(said, name)
        for name in ("increment", "connect_fee", "attempt_fee", "grace", "duration_rounding", "rounding")
    )  # fmt: skip
    terms = tariff_terms(
        increment, connect, attempt, grace, seconds, rounding, number_said(said, "precision"),
        **{name: word_said(said, name) for name in ("free_seconds", "pulse_anchor", "minimum_cost", "maximum_cost")},
        before=known.revisions[-1].terms if known is not None and known.revisions else None,
    )  # fmt: skip
    return {
        **{name: word_said(said, name) for name in _PLAIN},
        "live_at": None if live is None else read_instant(live, "--live"),
        "columns": columns_said(said.get("map", "")),
        "ignore": lines_said(said.get("ignore", "")),
        "terms": terms,
        "partial": said.get("partial") == "yes",
        "strict": said.get("strict") == "yes",
    }


def job_so(said: Mapping[str, str]) -> dict[str, Any]:
    """The same as arguments of a job."""
    columns_said(said.get("map", ""))
    left = {"save_profile", "partial", "strict"}
    texts = {name: text for name, text in sent_again(said).items() if name not in left}
    return texts | {name: True for name in ("partial", "strict") if said.get(name) == "yes"}


def card_said(said: Mapping[str, str]) -> str:
    """The card that the deck is of; `InputError` where none is named."""
    card = word_said(said, "card")
    if card is None:
        raise InputError("the card is missing; name one")
    return card
