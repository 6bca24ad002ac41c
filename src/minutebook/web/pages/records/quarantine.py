"""Records that wait in quarantine, as a place of work: chosen, tried again, discarded, mended, let wait again."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from minutebook.access.roles import Right
from minutebook.access.session import Session
from minutebook.api.entry import Served
from minutebook.api.problems import ProblemError
from minutebook.calls.schema import Reason
from minutebook.errors import InputError
from minutebook.show.calls import QuarantineView, WaitingCountsView
from minutebook.show.listings.quarantine import QUARANTINE, WAITING_COUNTS
from minutebook.show.sentences.remedies import OF_ACCOUNTS, OF_FILES, REMEDIES
from minutebook.show.serialise import as_json
from minutebook.show.tables import Column, Sheet
from minutebook.web.blocks import (
    Block,
    Code,
    Facts,
    Field,
    Links,
    PageFact,
    PageForm,
    PageTable,
    Words,
)
from minutebook.web.doing import ONCE, SentForm, done_once, new_once
from minutebook.web.entry import may, viewing
from minutebook.web.pages.accounts.accounts import call_way
from minutebook.web.rendering import page, refused
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from minutebook.book import Book

router = APIRouter()
Reader = Annotated[Session, Depends(viewing(Right.CALLS))]
Keeper = Annotated[Session, Depends(viewing(Right.IMPORTS))]
_MOST = 500
_BY = {"reason": "Reason", "source": "Source", "account": "Account", "day": "Day"}
_LIST = [replace(column, shown=column.key != "raw") for column in QUARANTINE]
"""The record itself stands on its own page."""
_ABOVE = [("Records that wait", "/quarantine")]
_AT = "/quarantine"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which records are meant."""

    because: str = ""
    source: str = ""
    account: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> _Chosen:
        return cls(*(said.get(name, "").strip() for name in ("because", "source", "account")))

    @property
    def said(self) -> dict[str, str]:
        """What is chosen by."""
        every = {"because": self.because, "source": self.source, "account": self.account}
        return {name: value for name, value in every.items() if value}

    def of_book(self, book: Book) -> pl.DataFrame:
        """The records; `InputError` for a reason, or an account, that is none."""
        return book.calls.quarantine(
            self.because or None, self.source or None, None, None, self.account or None
        )

    def form(self, book: Book, by: str) -> PageForm:
        every = book.calls.quarantine()
        reasons, sources = (every[name].unique().sort().to_list() for name in ("reason", "source"))
        accounts = sorted(book.carrier().accounts)
        fields = [
            _choice("because", "Reason", self.because, reasons),
            _choice("source", "Source", self.source, sources),
            _choice("account", "Would be of", self.account, accounts),
            Field("by", "Count by", value=by, options=[*_BY.items()]),
        ]
        return PageForm(_AT, fields, "Show", get=True)


def _choice(name: str, label: str, value: str, known: list[str]) -> Field:
    """What is asked for by hand stays to be seen, though nothing waits by it."""
    names = known if value in known or not value else [*known, value]
    options = [("", "all"), *((one, one) for one in names)]
    return Field(name, label, value=value, options=options)


@router.get(_AT)
def _quarantine(
    request: Request, book: Served, session: Reader, by: Annotated[str, Query()] = "reason"
) -> Response:
    return _listed(request, book, session, _Chosen.of(request.query_params), by)


@router.post(_AT)
def _mend_many(request: Request, book: Served, sent: SentForm, session: Keeper) -> Response:
    """Try those that are chosen again, or discard them."""
    chosen = _Chosen.of(sent.fields)

    def do() -> str:
        waiting = chosen.of_book(book)
        if sent["what"] == "discard":
            if not chosen.said:
                raise InputError("nothing is chosen; choose a reason, a source or an account first")
            if str(waiting.height) != sent["count"]:
                raise InputError(
                    f"{sent['count'] or 'no'} records were shown, and {waiting.height} wait now; look at them again"
                )
            book.calls.give_up(waiting, sent["reason"])
        else:
            book.calls.retry(waiting)
        return f"{_AT}?{urlencode(chosen.said)}"

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _listed(request, book, session, chosen, "reason", error)


@router.get(_AT + "/{id}")
def _record(request: Request, book: Served, session: Reader, id: str) -> Response:
    return _shown(request, book, session, id)


@router.post(_AT + "/{id}")
def _mend(request: Request, book: Served, sent: SentForm, session: Keeper, id: str) -> Response:
    def do() -> str:
        if sent["what"] == "discard":
            book.calls.discard(id, sent["reason"])
            return _AT
        waiting = book.calls.quarantine()
        book.calls.retry(waiting.filter(waiting["id"] == id))
        left = book.calls.quarantine()
        return f"{_AT}/{id}" if id in left["id"] else _AT

    try:
        return done_once(book, sent, request, do)
    except InputError as error:
        return _shown(request, book, session, id, error)


def _listed(
    request: Request,
    book: Book,
    session: Session,
    chosen: _Chosen,
    by: str,
    error: InputError | None = None,
) -> Response:
    by = by if by in _BY else "reason"
    form = chosen.form(book, by)
    try:
        waiting = chosen.of_book(book)
    except InputError as wrong:
        return refused(request, session, "Records that wait", form, wrong)
    counts = WaitingCountsView.of(
        book.calls.with_accounts(waiting) if by == "account" else waiting, by
    )
    names = {"reason": "because", "source": "source", "account": "account"}
    lead = {by: lambda row: row[by] and f"{_AT}?{urlencode({**chosen.said, names[by]: row[by], 'by': by})}"} if by in names else {}  # fmt: skip
    first = (
        f"The first {_MOST} of {counted(waiting.height, 'record')}"
        if waiting.height > _MOST
        else "The records"
    )
    columns = [Column(by, _BY[by]), *WAITING_COUNTS]
    rows = PageTable.of(
        Sheet(_LIST, QuarantineView.of(waiting.head(_MOST)).quarantine),
        leads={"call_id": call_way, "id": lambda row: f"{_AT}/{row['id']}"},
        title=first,
        empty="No record waits.",
    )
    blocks: list[Block] = [] if error is None else [Words([error.for_shell()], alarming=True)]
    blocks += [form, PageTable.of(Sheet(columns, counts.counts), leads=lead, title="How many wait", empty="None."), rows]  # fmt: skip
    if may(session, Right.IMPORTS):
        blocks += _for_many(chosen, waiting.height)
    ways = [("Records that were discarded", f"{_AT}/discarded")]
    ways += [("Import a file", "/imports/new")] if may(session, Right.IMPORTS) else []
    blocks.append(Links(ways))
    lead_words = "A record waits where it could not be understood, or is nobody's: it is in no bill until somebody mends what it waits for."
    return page(
        request, session, "Records that wait", blocks, lead=[lead_words], status=200 if error is None else 422
    )  # fmt: skip


def _for_many(chosen: _Chosen, count: int) -> list[Block]:
    """What can be done with all that are chosen."""
    if not count:
        return []
    these = counted(count, "record") if chosen.said else f"all {counted(count, 'record')}"
    hidden = {**chosen.said, "count": str(count)}
    told = "Once what they wait for is declared, they go in."
    blocks: list[Block] = [
        PageForm(_AT, [], f"Try {these} again", title="Try them again", sentences=[told], hidden={**hidden, "what": "retry", ONCE: new_once()})
    ]  # fmt: skip
    if chosen.said:
        by = ", ".join(chosen.said.values())
        why = Field("reason", "Why all of them", hint="Kept; each can be let wait again.")
        blocks.append(
            PageForm(
                _AT, [why], f"Discard {these}", title="Discard them", sentences=[f"Those that wait by {by}, and no others."],
                hidden={**hidden, "what": "discard", ONCE: new_once()}, dangerous=True,
            )
        )  # fmt: skip
    return blocks


def _shown(
    request: Request, book: Book, session: Session, id: str, error: InputError | None = None
) -> Response:
    waiting = book.calls.quarantine()
    found = QuarantineView.of(waiting.filter(waiting["id"] == id)).quarantine
    if not found:
        raise ProblemError(
            HTTPStatus.NOT_FOUND, f"no record {id} waits; it may be a call now, or discarded"
        )
    record = as_json(found)[0]
    rows = json.dumps(json.loads(record["raw"]), indent=2, ensure_ascii=False)
    facts = [
        PageFact("Waits for", record["reason"], None, f"{_AT}?because={record['reason']}"),
        PageFact("Source", record["source"], None, f"{_AT}?{urlencode({'source': record['source']})}"),
        PageFact("File", record["file"], f"line {record['line']}"),
        PageFact("Since (UTC)", record["first_seen"]),
    ]  # fmt: skip
    blocks: list[Block] = [
        Words([record["detail"]]),
        Facts(facts),
        Words([REMEDIES[Reason(record["reason"])]], "What to do"),
    ]
    ways = _ways(book, session, record)
    if ways:
        blocks.append(Links(ways))
    if record["reason"] == Reason.CONFLICT.value and may(session, Right.CORRECTIONS):
        blocks.append(_take_instead(id))
    blocks.append(Code(rows, "The record, as it came"))
    if may(session, Right.IMPORTS):
        blocks += _for_one(id, error)
    return page(
        request, session, f"Record {id[:8]}", blocks, above=_ABOVE, status=200 if error is None else 422
    )  # fmt: skip


def _ways(book: Book, session: Session, record: dict[str, Any]) -> list[tuple[str, str]]:
    """To where the cause is mended, for who may."""
    reason, carrier, source = Reason(record["reason"]), book.carrier(), record["source"]
    ways = []
    if record["call_id"] and reason is Reason.CONFLICT:
        ways.append(("The call that stands", call_way(record) or ""))
    if reason in OF_FILES and may(session, Right.IMPORTS):
        ways.append(("Import a file", "/imports/new"))
    if not may(session, Right.DECLARATIONS) or reason is Reason.CONFLICT:
        return ways
    if reason in OF_ACCOUNTS:
        named = [name for name in sorted(carrier.accounts) if name in record["detail"].split()]
        ways += [(f"Declare {name}", f"/declare?table=account.{name}") for name in named]
        return [*ways, ("Declare an account", "/declare/account"), ("Declare as text", "/declare")]
    if source in carrier.sources:
        return [*ways, (f"Declare source {source}", f"/declare?table=source.{source}")]
    return [*ways, ("Declare a source", "/declare/source")]


def _take_instead(id: str) -> PageForm:
    why = Field("reason", "Why", hint="Kept with the correction.")
    told = "What that comes to is shown first."
    return PageForm(
        f"{_AT}/{id}/accept", [why], "See what it would come to", title="Take it instead of the call that stands",
        sentences=[told], get=True, stacked=True,
    )  # fmt: skip


def _for_one(id: str, error: InputError | None) -> list[Block]:
    """Trying it again, and discarding it."""
    at = f"{_AT}/{id}"
    told = "Once what it waits for is declared, it goes in. Each run tries all of them again, too."
    said = None if error is None else error.for_shell()
    why = Field("reason", "Why", hint="Kept; it can be taken back.", error=said)
    return [
        PageForm(at, [], "Try it again", title="Try it again", sentences=[told], hidden={"what": "retry", ONCE: new_once()}),
        PageForm(at, [why], "Discard it", title="Discard it", hidden={"what": "discard", ONCE: new_once()}, dangerous=True),
    ]  # fmt: skip
