"""The first page: what needs a person."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from minutebook.access.roles import Role
from minutebook.accounts.attention import LASTS_DAYS, SPENT_DAYS
from minutebook.api.entry import Served
from minutebook.days import instant_text
from minutebook.show.balances import BalanceView
from minutebook.show.calls import WaitingCountsView
from minutebook.show.listings.accounts import BALANCES
from minutebook.show.listings.quarantine import WAITING_COUNTS
from minutebook.show.sentences.notes import set_aside_words
from minutebook.show.set_aside import AccountAsideView
from minutebook.show.tables import Column, Sheet
from minutebook.web.blocks import Block, Facts, PageFact, PageTable, Words
from minutebook.web.entry import SignedInSession
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from minutebook.book import Book

router = APIRouter()
_STAGNANT = [
    Column("server", "Server"),
    Column("account", "Account"),
    Column("deployed", "Deployed"),
]


@router.get("/")
def _overview(request: Request, book: Served, session: SignedInSession) -> Response:
    if session.role is Role.CUSTOMER:
        return RedirectResponse(f"/accounts/{session.account}", HTTPStatus.SEE_OTHER)
    return page(request, session, "Overview", _blocks(book))


def _blocks(book: Book) -> list[Block]:
    found, waiting = book.accounts.attention(), book.calls.quarantine()
    run = found.last_run
    ran = "never" if run is None else f"through {run.through}"
    when = (
        None
        if run is None
        else f"run {run.run} at {instant_text(run.posted_at)} by {run.by or 'nobody known'}"
    )
    facts = [
        PageFact("Billed", ran, when, alarming=run is None),
        PageFact("Months", "none is closed" if found.open_from is None else f"open from {found.open_from}"),
        PageFact("Accounts", f"{found.accounts:,}", None, "/accounts"),
        PageFact("Records that wait", f"{waiting.height:,}", "in quarantine: not billed", "/quarantine", alarming=bool(waiting.height)),
        PageFact("Unpriced calls", f"{found.unpriced_calls:,}", f"{found.unpriced_ms / 1000:,.0f} s of billed days", "/unpriced", alarming=bool(found.unpriced_calls)),
        PageFact("Suspended", f"{len(found.suspended):,}", "accounts", alarming=bool(found.suspended)),
        PageFact("Near their floor", f"{len(found.near_floor):,}", f"have money for {LASTS_DAYS} days at most", alarming=bool(found.near_floor)),
        PageFact("Stagnant servers", f"{len(found.stagnant):,}", f"no call in {SPENT_DAYS} billed days", alarming=bool(found.stagnant)),
        PageFact("Set aside", f"{len(found.set_aside):,}", "accounts that runs do not bill", alarming=bool(found.set_aside)),
    ]  # fmt: skip
    account = {"account": lambda row: f"/accounts/{row['account']}"}
    blocks: list[Block] = [Facts(facts)]
    if found.set_aside:
        told = [set_aside_words(AccountAsideView.of(one)) for one in found.set_aside]
        blocks.append(Words(told, "Accounts that are not billed"))
    if waiting.height:
        counts = WaitingCountsView.of(waiting, "reason")
        columns = [Column("reason", "Reason"), *WAITING_COUNTS]
        lead = {"reason": lambda row: f"/quarantine?because={row['reason']}"}
        blocks.append(
            PageTable.of(
                Sheet(columns, counts.counts), leads=lead, title="Records that wait, by reason"
            )
        )
    for title, standings in (
        ("Suspended accounts", found.suspended),
        ("Accounts near their floor", [near.standing for near in found.near_floor]),
    ):
        if standings:
            views = [BalanceView.of(standing) for standing in standings]
            blocks.append(PageTable.of(Sheet(BALANCES, views), leads=account, title=title))
    if found.stagnant:
        rows = [
            {"server": s.name, "account": s.account, "deployed": str(s.deployed)}
            for s in found.stagnant
        ]
        blocks.append(
            PageTable(
                Sheet(_STAGNANT, rows),
                account,
                title="Servers without calls, which owe their minimum all the same",
            )
        )
    return blocks
