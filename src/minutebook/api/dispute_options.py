"""What a dispute is asked with: whose file is held against whose calls, and what its columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from minutebook.api.problems import FieldError
from minutebook.calls.readers.formats import AUTO
from minutebook.days import in_order, read_day
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from minutebook.book import Book

_MOST_TOLERANCE_S = 3600
_TEXTS = ("account", "provider", "source", "server", "trunk", "card")
DISPUTE_FIELDS: Final = {
    "from": "The first UTC day",
    "to": "The last UTC day, included",
    "account": "Whose bill it is; left out: all accounts",
    "provider": "The provider whose bill it is: ours are the calls that it carried, at its buy card",
    "records": "The format of their file, or invoice for totals as CSV; left out: auto",
    "map": "What its columns mean, a line each: amount=Net",
    "source": "The declared source whose zone and country are theirs",
    "tolerance": "Seconds between two times of one call; left out: 5",
    "server": "Of ours, calls of this server alone",
    "trunk": "Of ours, calls over this trunk alone",
    "card": "The card that prices what has no amount; left out: the account's",
}
"""What a form may say beside the file."""


def dispute_arguments(book: Book, said: Mapping[str, str], name: str | None) -> dict[str, Any]:
    """What a filled form asks for, as the job takes it; `FieldError` names the field that is wrong."""
    if name is None:
        raise FieldError("file", "no file is chosen; choose one")
    days = {}
    for key in ("from", "to"):
        try:
            days[key] = read_day(said.get(key, ""), key)
        except InputError as error:
            raise FieldError(key, str(error)) from None
    try:
        in_order(days["from"], days["to"])
    except InputError as error:
        raise FieldError("to", str(error)) from None
    texts = {key: said[key] for key in _TEXTS if said.get(key)}
    _check_whose(book, texts)
    return {
        **{key: day.isoformat() for key, day in days.items()},
        **texts,
        "records": said.get("records") or AUTO,
        "tolerance": _tolerance(said.get("tolerance", "")),
        "map": "\n".join(_mapped(said.get("map", ""))) or None,
    }


def _check_whose(book: Book, texts: Mapping[str, str]) -> None:
    carrier = book.carrier()
    known: dict[str, Container[str]] = {"account": carrier.accounts, "provider": carrier.providers, "card": carrier.cards, "source": carrier.sources}  # fmt: skip
    for key, names in known.items():
        if key in texts and texts[key] not in names:
            raise FieldError(key, f"{key} {texts[key]!r} is not declared; choose one")
    if "provider" in texts and (texts.keys() & {"account", "card"}):
        raise FieldError(
            "provider",
            "a provider's calls are priced by its own buy card; choose no account and no card beside it",
        )


def _tolerance(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) > _MOST_TOLERANCE_S:
        raise FieldError(
            "tolerance", f"{text!r} is no number of seconds up to 3,600; write one, as 5"
        )
    return int(text)


def _mapped(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if "=" not in line:
            raise FieldError(
                "map",
                f"{line!r} says nothing of a column; write OURS=THEIRS, as amount=Net, a line each",
            )
    return lines
