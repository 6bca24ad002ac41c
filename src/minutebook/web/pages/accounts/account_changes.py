"""What an account is on, changed by a form: its plan, channels, servers and status; looked at first, then done, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.book.clock import in_the_name_of, today, tomorrow
from minutebook.errors import InputError
from minutebook.show.listings.servers import SERVERS
from minutebook.show.servers import ServersView
from minutebook.show.tables import Column, Sheet
from minutebook.web.apply_text import day_said, number_said, word_said
from minutebook.web.blocks import Block, Field, Links, PageForm, PageTable, Words
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import viewing, visible
from minutebook.web.navigation import above_account
from minutebook.web.rendering import page, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from minutebook.book import Book

router = APIRouter()
Administrator = Annotated[Session, Depends(viewing(Right.TERMS))]
_CHANGES: Final = [Column("what", "What"), Column("now", "Now"), Column("then", "Then")]


@dataclass(frozen=True, slots=True)
class ChangeByForm:
    """A change of what an account is on, as a form asks for it."""

    words: str
    """What is done."""
    says: str
    """What follows of it."""
    fields: Callable[[Book, str], list[Field]]
    """What the form asks for."""
    do: Callable[[Book, str, Mapping[str, str]], object]
    """Does it, of what was said."""
    dangerous: bool = False


def _change(what: str) -> ChangeByForm:
    if what not in CHANGES:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such page")
    return CHANGES[what]


@router.get("/accounts/{account}/change")
def _changes(request: Request, book: Served, session: Administrator, account: str) -> Response:
    named = visible(book, session, account)
    at = f"/accounts/{named}/change"
    ways = [(change.words, f"{at}/{what}") for what, change in CHANGES.items()]
    view = ServersView.of(book.accounts.servers(named))
    blocks: list[Block] = [
        Links(ways),
        PageTable.of(Sheet(SERVERS, view.servers), title="Its servers today", empty="It has none."),
    ]
    lead = "Each is shown before it is done. What else is declared of an account changes by an apply file."
    return page(
        request, session, f"Change what {named} is on", blocks,
        above=above_account(session, named), lead=[lead],
    )  # fmt: skip


@router.get("/accounts/{account}/change/{what}")
def _asked(
    request: Request, book: Served, session: Administrator, account: str, what: str
) -> Response:
    named, change = visible(book, session, account), _change(what)
    said = {name: value.strip() for name, value in request.query_params.items()}
    above = _above(session, named)
    title, form = f"{change.words}: {named}", _form(book, named, what, said)
    if not said:
        return page(request, session, title, [form], above=above)
    try:
        with in_the_name_of(session.asks_as):
            blocks = _looked_at(book, named, what, said)
    except InputError as error:
        return refused(request, session, title, form, error, above=above)
    return page(request, session, f"{title}: is this right?", blocks, above=above)


@router.post("/accounts/{account}/change/{what}")
def _done(
    request: Request, book: Served, sent: SentForm, session: Administrator, account: str, what: str
) -> Response:
    named, change = visible(book, session, account), _change(what)

    def do() -> str:
        change.do(book, named, sent.fields)
        return f"/accounts/{named}/history"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        form = _form(book, named, what, sent.fields)
        title = f"{change.words}: {named}"
        return refused(request, session, title, form, error, above=_above(session, named))


def _above(session: Session, account: str) -> list[tuple[str, str]]:
    return [*above_account(session, account), ("Change", f"/accounts/{account}/change")]


def _form(book: Book, account: str, what: str, said: Mapping[str, str]) -> PageForm:
    change = CHANGES[what]
    fields = [
        replace(field, value=said.get(field.name, field.value))
        for field in change.fields(book, account)
    ]
    at = f"/accounts/{account}/change/{what}"
    return PageForm(at, fields, "Look at it first", get=True, stacked=True, sentences=[change.says])


def _looked_at(book: Book, account: str, what: str, said: Mapping[str, str]) -> list[Block]:
    """What it would change, tried and undone; to be confirmed. `InputError` where it would be refused."""
    change = CHANGES[what]
    day = day_said(said, "on") or (tomorrow() if what in ("switch", "channels") else today())
    now = _standing(book, account, day)
    with book.database.transaction(keep=False):
        change.do(book, account, said)
        then = _standing(book, account, day)
        servers = ServersView.of(book.accounts.servers(account, day))
    rows = [
        {"what": name, "now": now[name], "then": then[name]}
        for name in now
        if now[name] != then[name]
    ]
    back = Links([("No, back to the account", f"/accounts/{account}")])
    if not rows:
        return [Words(["It is so already: nothing would change."]), back]
    blocks: list[Block] = [PageTable(Sheet(_CHANGES, rows), title="What it would change")]
    if what in ("deploy", "retire"):
        title = f"Its servers on {day} then, and their minimums of {day:%Y-%m}"
        blocks.append(PageTable.of(Sheet(SERVERS, servers.servers), title=title))
    hidden = {**said, ONCE: new_once()}
    told = [change.says, "Nothing is changed yet."]
    at = f"/accounts/{account}/change/{what}"
    form = PageForm(at, [], change.words, hidden=hidden, sentences=told, dangerous=change.dangerous)
    return [*blocks, form, back]


def _standing(book: Book, account: str, day: date) -> dict[str, str]:
    """What an account is on, on a day, in words."""
    declared = book.carrier().account_named(account)
    (money,) = book.ledger.balances(account)
    term = declared.term_on(day)
    bought = None if term is None else term.channels
    deployed = [s for s in book.accounts.servers(account, day) if s.standing == "deployed"]
    return {
        "Status": money.status.value,
        "Suspended because": money.status_reason or "",
        "Its last day": "" if declared.closed is None else str(declared.closed),
        f"Plan on {day}": "" if term is None else term.plan,
        f"Channels on {day}": "" if bought is None else f"{bought:,}",
        f"Servers on {day}": ", ".join(one.server.name for one in deployed),
        "Servers": ", ".join(_days_of(book, account)),
    }


def _days_of(book: Book, account: str) -> list[str]:
    return [
        f"{name} from {server.deployed}"
        + ("" if server.retired is None else f" to {server.retired}")
        for name, server in sorted(book.carrier().servers.items())
        if server.account == account
    ]


def _reason(book: Book, account: str) -> list[Field]:
    del book, account
    return [Field("reason", "Reason", hint="Kept with it, and shown in its history.")]


def _closing(book: Book, account: str) -> list[Field]:
    last = Field("on", "Its last UTC day", "date", str(today()))
    return [last, *_reason(book, account)]


def _switching(book: Book, account: str) -> list[Field]:
    carrier = book.carrier()
    term = carrier.account_named(account).term_on(tomorrow())
    plans = [(name, name) for name in sorted(carrier.plans)]
    return [
        Field("plan", "Plan", value="" if term is None else term.plan, options=plans),
        Field("channels", "Channels to buy", "number", required=False, hint="Of a plan by the channel alone."),
        Field("on", "From (UTC day)", "date", str(tomorrow())),
        Field("override", "Why the rule of 30 days is set aside", required=False, hint="Left empty: it is not."),
    ]  # fmt: skip


def _channels(book: Book, account: str) -> list[Field]:
    term = book.carrier().account_named(account).term_on(tomorrow())
    bought = "" if term is None or term.channels is None else str(term.channels)
    return [
        Field("channels", "Channels to buy", "number", bought),
        Field("on", "From (UTC day)", "date", str(tomorrow())),
    ]


def _deploying(book: Book, account: str) -> list[Field]:
    del book, account
    return [
        Field("server", "Server", hint="A new name, as lon-2."),
        Field("on", "Its first UTC day", "date", str(today())),
        Field("force", "Why without the means for its minimum", required=False, hint="Left empty: it must have them."),
    ]  # fmt: skip


def _retiring(book: Book, account: str) -> list[Field]:
    carrier = book.carrier()
    own = sorted(
        name
        for name, one in carrier.servers.items()
        if one.account == account and one.retired is None
    )
    return [
        Field("server", "Server", options=[(name, name) for name in own]),
        Field("on", "Its last UTC day", "date", str(today())),
    ]


def _switch(book: Book, account: str, said: Mapping[str, str]) -> object:
    return book.accounts.switch(
        account,
        said.get("plan", ""),
        number_said(said, "channels"),
        day_said(said, "on"),
        word_said(said, "override"),
    )


def _set_channels(book: Book, account: str, said: Mapping[str, str]) -> object:
    bought = number_said(said, "channels")
    if bought is None:
        raise InputError("the number of channels is missing; write one")
    return book.accounts.set_channels(account, bought, day_said(said, "on"))


def _deploy(book: Book, account: str, said: Mapping[str, str]) -> object:
    day, force = day_said(said, "on"), word_said(said, "force")
    return book.accounts.deploy_server(_server(said), account, day, force)


def _retire(book: Book, account: str, said: Mapping[str, str]) -> object:
    server = book.carrier().servers.get(_server(said))
    if server is not None and server.account != account:
        raise InputError(f"server {server.name!r} is {server.account}'s; retire it there")
    return book.accounts.retire_server(_server(said), day_said(said, "on"))


def _server(said: Mapping[str, str]) -> str:
    name = word_said(said, "server")
    if name is None:
        raise InputError("the server's name is missing; write one")
    return name


CHANGES: Final[dict[str, ChangeByForm]] = {
    "switch": ChangeByForm("Switch its plan", "Days that are billed already are adjusted by the next run. No day is charged under both.", _switching, _switch),
    "channels": ChangeByForm("Change its channels", "Days that are billed already are adjusted by the next run.", _channels, _set_channels),
    "deploy": ChangeByForm("Deploy a server", "Its account must have a month's minimum of all its servers available.", _deploying, _deploy),
    "retire": ChangeByForm("Retire a server", "It owes up to its last day, that day included.", _retiring, _retire),
    "suspend": ChangeByForm("Suspend it", "Only resuming it by hand ends that, no payment does. It is still billed: channels, minimums and calls that are recorded.", _reason, lambda book, account, said: book.accounts.suspend(account, said.get("reason", "")), dangerous=True),
    "resume": ChangeByForm("Resume it", "While it is below its floor the next run suspends it again.", _reason, lambda book, account, said: book.accounts.resume(account, said.get("reason", ""))),
    "close": ChangeByForm("Close it", "It owes up to its last day, and takes no later calls. Its balance stays, and can still be paid.", _closing, lambda book, account, said: book.accounts.close(account, said.get("reason", ""), day_said(said, "on")), dangerous=True),
    "reopen": ChangeByForm("Open it again", "While no posting and no closed month leans on its closing. Its status is what it was before.", _reason, lambda book, account, said: book.accounts.reopen(account, said.get("reason", ""))),
}  # fmt: skip
"""By the last part of a page's address, what is done there."""
