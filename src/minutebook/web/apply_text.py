"""Forms of what is declared most, and the text of an apply file that each stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from minutebook.days import read_day
from minutebook.declarations.declared_schedule import EVERY
from minutebook.errors import InputError
from minutebook.web.blocks import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from minutebook.declarations.carrier import Carrier


def text_of(kind: str, said: Mapping[str, str]) -> str:
    """The apply file that a filled form stands for; `InputError` where a field says what cannot be written there."""
    import tomlkit

    name = said.get("name", "").strip()
    if not name:
        raise InputError("the name is missing; write one")
    table = tomlkit.table()
    for key, value in _TABLES[kind](said):
        if value is not None:
            table.add(key, value)
    return _document(kind, name, table)


def table_of(declared: str, table: str) -> str:
    """Of all that is declared the text of one table, as `account.acme`; "" where it has none."""
    import tomlkit

    kind, _, name = table.partition(".")
    held = tomlkit.parse(declared).get(kind, {})
    if name not in held:
        return ""
    return _document(kind, name, held[name])


def _document(kind: str, name: str, table: Any) -> str:
    import tomlkit

    document, above = tomlkit.document(), tomlkit.table(is_super_table=True)
    above.add(name, table)
    document.add(kind, above)
    return tomlkit.dumps(document)


def day_said(said: Mapping[str, str], key: str) -> date | None:
    """The UTC day of a field; None: it is empty. `InputError` for what is none."""
    text = said.get(key, "").strip()
    return read_day(text, key) if text else None


def word_said(said: Mapping[str, str], key: str) -> str | None:
    """The text of a field; None: it is empty."""
    return said.get(key, "").strip() or None


def number_said(said: Mapping[str, str], key: str) -> int | None:
    """The whole number of a field; None: it is empty. `InputError` for what is none."""
    text = said.get(key, "").strip()
    if text and not text.isdecimal():
        raise InputError(f"{key} is {text!r}; write a whole number, as 120")
    return int(text) if text else None


def _list(said: Mapping[str, str], key: str) -> list[str] | None:
    """Names with commas between them; None: none."""
    return [name for part in said.get(key, "").split(",") if (name := part.strip())] or None


def _match(said: Mapping[str, str]) -> list[Any] | None:
    """A line a match table, as `server = lon-1`."""
    import tomlkit

    lines = [line.strip() for line in said.get("match", "").splitlines() if line.strip()]
    tables = []
    for line in lines:
        table = tomlkit.inline_table()
        for part in line.split(","):
            key, equals, value = part.partition("=")
            if not equals:
                raise InputError(
                    f"{line!r} is no match; write it as server = lon-1, each on a line of its own"
                )
            table.add(key.strip(), value.strip().strip('"'))
        tables.append(table)
    return tables or None


def _account(said: Mapping[str, str]) -> list[tuple[str, Any]]:
    return [
        ("name", word_said(said, "title")),
        ("plan", word_said(said, "plan")),
        ("channels", number_said(said, "channels")),
        ("from", day_said(said, "from")),
        ("debit_limit", word_said(said, "debit_limit")),
        ("offers", _list(said, "offers")),
        ("mask_numbers", True if said.get("mask_numbers") == "yes" else None),
        ("match", _match(said)),
    ]


def _server(said: Mapping[str, str]) -> list[tuple[str, Any]]:
    return [
        ("account", word_said(said, "account")),
        ("deployed", day_said(said, "deployed")),
        ("retired", day_said(said, "retired")),
    ]


def _plan(said: Mapping[str, str]) -> list[tuple[str, Any]]:
    return [
        ("model", "per_minute"),
        ("currency", word_said(said, "currency")),
        ("rate", word_said(said, "rate")),
        ("card", word_said(said, "card")),
        ("increment", word_said(said, "increment")),
        ("tally", word_said(said, "tally")),
        ("minimum_per_server", word_said(said, "minimum_per_server")),
    ]


def _source(said: Mapping[str, str]) -> list[tuple[str, Any]]:
    return [
        ("format", word_said(said, "format")),
        ("zone", word_said(said, "zone")),
        ("server", word_said(said, "server")),
        ("country", word_said(said, "country")),
        ("international_prefix", word_said(said, "international_prefix")),
    ]


def _schedule(said: Mapping[str, str]) -> list[tuple[str, Any]]:
    return [
        ("do", word_said(said, "do")),
        ("every", word_said(said, "every")),
        ("at", word_said(said, "at")),
        ("folder", word_said(said, "folder")),
        ("format", word_said(said, "format")),
        ("source", word_said(said, "source")),
    ]


def _account_fields(carrier: Carrier) -> list[Field]:
    plans = [(name, name) for name in sorted(carrier.plans)]
    return [
        Field("name", "Name", hint="Small letters, digits and dashes: it stands in every statement."),
        Field("title", "Name for people", required=False),
        Field("plan", "Plan", options=plans),
        Field("channels", "Channels bought", "number", required=False, hint="Of a plan by the channel."),
        Field("from", "From (UTC day)", "date"),
        Field("debit_limit", "Debit limit", required=False, hint="How far below 0 the balance may go, as 100.00. Left out: 0."),
        Field("offers", "Plans that its customer may compare with", required=False, hint="With commas between them, as minutes, lines."),
        Field("mask_numbers", "Its customer sees called numbers without their last digits", "checkbox", required=False),
        Field("match", "Its calls are those with", "textarea", required=False, hint="A line each, as server = lon-1 or account_code = acme."),
    ]  # fmt: skip


def _server_fields(carrier: Carrier) -> list[Field]:
    accounts = [(name, name) for name in sorted(carrier.accounts)]
    return [
        Field("name", "Name"),
        Field("account", "Account", options=accounts),
        Field("deployed", "Deployed from (UTC day)", "date"),
        Field("retired", "Its last UTC day", "date", required=False),
    ]


def _plan_fields(carrier: Carrier) -> list[Field]:
    cards = [("", "none: the rate above"), *((name, name) for name in sorted(carrier.cards))]
    return [
        Field("name", "Name"),
        Field("currency", "Currency", value="USD"),
        Field("rate", "Rate a minute", required=False, hint="As 0.0045; or choose a card."),
        Field("card", "Card", options=cards, required=False),
        Field("increment", "Increment (seconds)", required=False, hint="As 60/60 or 1/1. Left out: 1/1."),
        Field("tally", "Rounded", options=[("", "as is usual"), ("daily", "the day's sum"), ("call", "each call")]),
        Field("minimum_per_server", "Minimum a server and month", required=False, hint="As 20.00. Left out: 0."),
    ]  # fmt: skip


def _source_fields(carrier: Carrier) -> list[Field]:
    del carrier
    return [
        Field("name", "Name"),
        Field("format", "Format", hint="As kamailio or csv; auto recognises the file."),
        Field("zone", "Zone of times without an offset", required=False, hint="As UTC or Europe/Berlin."),
        Field("server", "Server", required=False),
        Field("country", "Country code of national numbers", required=False, hint="As 44."),
        Field("international_prefix", "International prefix", required=False, hint="As 00."),
    ]  # fmt: skip


def _schedule_fields(carrier: Carrier) -> list[Field]:
    sources = [("", "none"), *((name, name) for name in sorted(carrier.sources))]
    return [
        Field("name", "Name", hint="As nightly."),
        Field("do", "What is done", options=[*DONE_BY_CLOCK.items()]),
        Field("every", "Every", value="day", options=[(every, every) for every in EVERY]),
        Field("at", "At (UTC)", "time", required=False, hint="Of those by the day and the month. Left out: midnight."),
        Field("folder", "Folder of the files", required=False, hint="Of imports, from the book's folder."),
        Field("format", "Their format", required=False, hint="Of imports. Left out: that which each file shows."),
        Field("source", "Their source", required=False, options=sources),
    ]  # fmt: skip


DONE_BY_CLOCK: Final = {
    "bill": "bill up to the UTC day before",
    "import": "take the finished files of a folder in",
    "verify": "prove the book",
    "reviews": "whether every account's plan fits, of the month before",
    "margin": "what was earned, of the month before",
}
"""What a schedule can have done, in words."""
_TABLES: Final = {
    "account": _account,
    "server": _server,
    "plan": _plan,
    "source": _source,
    "schedule": _schedule,
}
FORMS: Final[dict[str, tuple[str, Callable[[Carrier], list[Field]]]]] = {
    "account": ("An account", _account_fields),
    "server": ("A server", _server_fields),
    "plan": ("A plan by the minute", _plan_fields),
    "source": ("A source of records", _source_fields),
    "schedule": ("A schedule", _schedule_fields),
}
"""By kind, how the form is called, and its fields. What else can be declared is written as text."""
