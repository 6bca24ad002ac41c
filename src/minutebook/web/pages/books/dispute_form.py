"""The form of a dispute: the other side's file, whose calls it is held against, and what its columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.api.problems import FieldError, ProblemError
from minutebook.calls.readers.formats import AUTO
from minutebook.errors import InputError
from minutebook.web.blocks import Field, PageForm
from minutebook.web.doing import ONCE, new_once
from minutebook.web.uploading import FILE, file_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from minutebook.book import Book

_ANY = ("", "all accounts")
_INVOICE = ("invoice", "an invoice's totals, by day or destination")


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
