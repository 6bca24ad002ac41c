"""The first page: what needs a person."""

from __future__ import annotations

from datetime import UTC
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from minutebook.access.roles import Right, Role
from minutebook.accounts.attention import LASTS_DAYS, SPENT_DAYS
from minutebook.api.entry import OneInstant, Served
from minutebook.ledger.jobs import FAILED_DAYS
from minutebook.show.balances import BalanceView
from minutebook.show.calls import WaitingCountsView
from minutebook.show.jobs import JobView
from minutebook.show.listings.accounts import BALANCES
from minutebook.show.listings.jobs import JOBS, job_row
from minutebook.show.listings.parked import PARKED
from minutebook.show.listings.quarantine import WAITING_COUNTS
from minutebook.show.parked import ParkedView
from minutebook.show.sentences.notes import set_aside_words
from minutebook.show.set_aside import AccountAsideView
from minutebook.show.tables import Column, Sheet
from minutebook.show.without_cost import attention_without_cost
from minutebook.web.blocks import Block, Facts, Links, PageFact, PageTable, Row, Words
from minutebook.web.entry import SignedInSession, may
from minutebook.web.pages.find import find_form
from minutebook.web.rendering import page

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.accounts.attention import Attention
    from minutebook.book import Book
    from minutebook.ledger.proofs import Proof

router = APIRouter(route_class=OneInstant)
_ROWS_SHOWN: Final = 50
"""So many rows of a table are shown unless all are asked for."""
_STAGNANT = [
    Column("server", "Server"),
    Column("account", "Account"),
    Column("deployed", "Deployed"),
]
_FAILED = [
    column for column in JOBS if column.key in ("id", "kind", "said", "asked_by", "ended_at", "error")
]  # fmt: skip


@router.get("/")
def _overview(
    request: Request,
    book: Served,
    session: SignedInSession,
    whole: Annotated[str, Query()] = "",
) -> Response:
    if session.role is Role.CUSTOMER:
        return RedirectResponse(f"/accounts/{session.account}", HTTPStatus.SEE_OTHER)
    found = book.accounts.attention()
    if not may(session, Right.MONEY):
        found = attention_without_cost(found)
    blocks = [find_form(), *_blocks(book, found, None if whole else _ROWS_SHOWN)]
    return page(request, session, "Overview", blocks)


def _blocks(book: Book, found: Attention, most: int | None) -> list[Block]:
    waiting = book.calls.quarantine()
    blocks: list[Block] = [Facts(_facts(found, waiting.height))]
    if found.set_aside:
        told = [set_aside_words(AccountAsideView.of(one)) for one in found.set_aside]
        blocks.append(Words(told, "Accounts that are not billed"))
    if found.failed_jobs:
        rows = [job_row(JobView.of(job)) for job in found.failed_jobs]
        leads = {"id": lambda row: f"/jobs/{row['id']}"}
        blocks.append(PageTable(Sheet(_FAILED, rows), leads, title="Jobs that failed"))
    if waiting.height:
        counts = WaitingCountsView.of(waiting, "reason")
        columns = [Column("reason", "Reason"), *WAITING_COUNTS]
        lead = {"reason": lambda row: f"/quarantine?because={row['reason']}"}
        blocks.append(
            PageTable.of(
                Sheet(columns, counts.counts), leads=lead, title="Records that wait, by reason"
            )
        )
    return blocks + _accounts(found, most)


def _facts(found: Attention, waiting: int) -> list[PageFact]:
    run = found.last_run
    ran = "never" if run is None else f"through {run.through}"
    when = (
        None
        if run is None
        else f"run {run.run} at {_minute(run.posted_at)} by {run.by or 'nobody known'}"
    )
    failed = len(found.failed_jobs)
    return [
        PageFact("Billed", ran, when, alarming=run is None),
        _proved(found.last_proof),
        PageFact("Failed jobs", f"{failed:,}", f"of the last {FAILED_DAYS} days, not done since", "/jobs", alarming=bool(failed)),
        PageFact("Months", "none is closed" if found.open_from is None else f"open from {found.open_from}"),
        PageFact("Accounts", f"{found.accounts:,}", None, "/accounts"),
        PageFact("Records that wait", f"{waiting:,}", "in quarantine: not billed", "/quarantine", alarming=bool(waiting)),
        PageFact("Unpriced calls", f"{found.unpriced_calls:,}", f"{found.unpriced_ms / 1000:,.0f} s of billed days", "/unpriced", alarming=bool(found.unpriced_calls)),
        PageFact("Parked charges", f"{len(found.parked):,}", "wait to be let pass", "/parked", alarming=bool(found.parked)),
        PageFact("Suspended", f"{len(found.suspended):,}", "accounts", alarming=bool(found.suspended)),
        PageFact("Near their floor", f"{len(found.near_floor):,}", f"have money for {LASTS_DAYS} days at most", alarming=bool(found.near_floor)),
        PageFact("Stagnant servers", f"{len(found.stagnant):,}", f"no call in {SPENT_DAYS} billed days", alarming=bool(found.stagnant)),
        PageFact("Set aside", f"{len(found.set_aside):,}", "accounts that runs do not bill", alarming=bool(found.set_aside)),
    ]  # fmt: skip


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _proved(proof: Proof | None) -> PageFact:
    """When the book was proved last, and what came of it."""
    if proof is None:
        return PageFact("Verified", "never", "ask for it at Jobs", "/jobs", alarming=True)
    said = "every check held" if proof.ok else f"{', '.join(proof.failing)} differ"
    when = f"{_minute(proof.ended_at)} by {proof.by}"
    return PageFact("Verified", said, when, alarming=not proof.ok)


def _accounts(found: Attention, most: int | None) -> list[Block]:
    """What is parked, suspended, nearly spent or stagnant, a table each where there is something: `most` of its rows."""
    account = {"account": _account_way}
    blocks: list[Block] = []
    longest = max(map(len, (found.suspended, found.near_floor, found.stagnant)))
    if most is not None and longest > most:
        told = f"All {longest:,} rows of the longest table, not {most} of each"
        blocks.append(Links([(told, "/?whole=yes")]))
    if found.parked:
        views = ParkedView.of(found.parked).parked
        blocks.append(PageTable.of(Sheet(PARKED, views), leads=account, title="Parked charges"))
    for title, standings in (
        ("Suspended accounts", found.suspended),
        ("Accounts near their floor", [near.standing for near in found.near_floor]),
    ):
        if standings:
            balances = [BalanceView.of(standing) for standing in standings[:most]]
            blocks.append(PageTable.of(Sheet(BALANCES, balances), leads=account, title=title))
    if found.stagnant:
        rows = [
            {"server": s.name, "account": s.account, "deployed": str(s.deployed)}
            for s in found.stagnant[:most]
        ]
        blocks.append(
            PageTable(
                Sheet(_STAGNANT, rows),
                account,
                title="Servers without calls, which owe their minimum all the same",
            )
        )
    return blocks


def _account_way(row: Row) -> str:
    return f"/accounts/{row['account']}"
