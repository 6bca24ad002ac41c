"""The form of a dispute: the other side's file, whose calls it is held against, and what its columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.api.problems import ProblemError
from minutebook.calls.readers.formats import AUTO
from minutebook.days import in_order, read_day
from minutebook.errors import InputError
from minutebook.web.blocks import Field, PageForm
from minutebook.web.doing import ONCE, FieldError, new_once
from minutebook.web.uploading import FILE, file_field

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from starlette.requests import Request

    from minutebook.book import Book

_MOST_TOLERANCE_S = 3600
_ANY = ("", "all accounts")
_INVOICE = ("invoice", "an invoice's totals, by day or destination")
_TEXTS = ("account", "provider", "source", "server", "trunk", "card")


def arguments_of(book: Book, said: Mapping[str, str], name: str | None) -> dict[str, Any]:
    """What a filled form asks for, as the job takes it; `FieldError` names the field that is wrong."""
    if name is None:
        raise FieldError(FILE, "no file is chosen; choose one")
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


def dispute_form(
    request: Request,
    book: Book,
    said: Mapping[str, str],
    action: str,
    error: ProblemError | InputError | None,
) -> PageForm:
    """The form, as it was filled, with what was wrong beside its field."""
    from minutebook.calls.readers import listed

    wrong: dict[str, str] = {}
    whole = None
    if isinstance(error, FieldError):
        wrong[error.field] = str(error)
    elif isinstance(error, ProblemError):
        wrong[FILE] = error.detail
    elif error is not None:
        whole = error.for_shell()
    carrier = book.carrier()

    def field(name: str, label: str, type_: str = "text", **more: Any) -> Field:
        return Field(name, label, type_, said.get(name, more.pop("value", "")), error=wrong.get(name), **more)  # fmt: skip

    def named(none: str, names: Any) -> list[tuple[str, str]]:
        return [("", none), *((name, name) for name in sorted(names))]

    formats = [(AUTO, "as the file shows"), *((f.name, f.name) for f in listed() if not f.error), _INVOICE]  # fmt: skip
    fields = [
        file_field(request, "Their file", "Their records of the calls, or their invoice's totals as CSV. Choose it, or drop it here.", wrong.get(FILE)),
        field("from", "From (UTC day)", "date"),
        field("to", "To (UTC day)", "date"),
        field("account", "Account whose bill it is", options=[_ANY, *named("", carrier.accounts)[1:]]),
        field("provider", "Or the provider whose bill it is", options=named("none", carrier.providers), hint="Then ours are the calls that it carried, at its buy card."),
        field("records", "Their file is", value=AUTO, options=formats),
        field("map", "What its columns mean", "textarea", required=False, hint="Where headings do not say it, a line each: amount=Net, called=B-number."),
        field("source", "Source", options=named("none that is declared", carrier.sources), hint="Its zone and country are what their file does not say."),
        field("tolerance", "Seconds between two times of one call", required=False, hint="Left out: 5."),
        field("server", "Of ours, calls of this server alone", required=False),
        field("trunk", "Of ours, calls over this trunk alone", required=False),
        field("card", "Card that prices what has no amount", options=named("the account's", carrier.cards)),
    ]  # fmt: skip
    told = ["Nothing is posted by it. A worker compares; large files take minutes."]
    return PageForm(
        action, fields, "Compare", sentences=told, error=whole, hidden={ONCE: new_once()}
    )
