"""Who did what, who may ask, what is declared, what is done again and again, and what others were told."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from minutebook.access.key import AccessKey
from minutebook.access.roles import Right
from minutebook.api.answers import answer, told_as
from minutebook.api.asked import DAY, SomeDays, row_place
from minutebook.api.cursors import Part
from minutebook.api.entry import Served, having
from minutebook.api.problems import ProblemError, not_there
from minutebook.api.schemas import responses
from minutebook.api.tables import AskedForm, next_page
from minutebook.days import read_day
from minutebook.show.access_keys import AccessKeyView
from minutebook.show.audit import AuditView, DeedView
from minutebook.show.books import DeclaredView
from minutebook.show.jobs import ScheduleView
from minutebook.show.listings.applied import declared_sheet
from minutebook.show.listings.deeds import deeds_sheet
from minutebook.show.listings.jobs import SCHEDULES
from minutebook.show.listings.people import KEYS, SESSIONS, USERS
from minutebook.show.listings.servers import SERVERS
from minutebook.show.listings.webhooks import DELIVERIES
from minutebook.show.servers import ServersView, ServerView
from minutebook.show.tables import Sheet
from minutebook.show.users import SessionView, UserView
from minutebook.show.webhooks import DeliveryView, WebhookView
from minutebook.show.without_cost import deeds_without_cost
from minutebook.statements.audit import Audited

router = APIRouter(tags=["administration"])
Reader = Annotated[AccessKey, Depends(having(Right.ACCOUNTS))]
PriceReader = Annotated[AccessKey, Depends(having(Right.PRICES))]
JobReader = Annotated[AccessKey, Depends(having(Right.JOBS))]
Administrator = Annotated[AccessKey, Depends(having(Right.PEOPLE))]
HookAdministrator = Annotated[AccessKey, Depends(having(Right.WEBHOOKS))]


@router.get("/audit", responses=responses(AuditView, tables=True))
def _audit(
    request: Request,
    book: Served,
    key: Reader,
    days: SomeDays,
    part: Part,
    form: AskedForm,
    account: Annotated[str | None, Query(description="What bears on this account")] = None,
    by: Annotated[str | None, Query(description="What this person or program did")] = None,
) -> Response:
    """All that was done, in order: who, when, what and why; as `minutebook audit`. Days are those on which it was done."""
    done = book.ledger.audit(account, *days, by)
    rows, cursor = part.cut([row_place(deed.at)] for deed in done)
    told = Audited(done[rows], done.untold)
    view = AuditView.of(told) if Right.MONEY in key.rights else deeds_without_cost(told)
    return told_as(
        form, view, lambda: deeds_sheet(view), DeedView, "audit", following=next_page(request, cursor)
    )  # fmt: skip


@router.get("/declarations", responses=responses(DeclaredView, tables=True))
def _declared(book: Served, _: PriceReader, form: AskedForm) -> Response:
    """All that is declared, as the tables of an apply file that makes an empty book alike; as `minutebook declared`."""
    tables = book.declared().tables
    return told_as(
        form, DeclaredView(**tables), lambda: declared_sheet(tables), DeclaredView, "declared"
    )


@router.get(
    "/declarations/toml", response_class=Response, responses=responses(files=("application/toml",))
)
def _apply_file(book: Served, _: PriceReader) -> Response:
    """All that is declared, as an apply file; as `minutebook declared` prints it."""
    return Response(book.declared().text, media_type="application/toml")


@router.get(
    "/declarations/{kind}/{name}/history", responses=responses(DeedView, many=True, tables=True)
)
def _history(book: Served, _: Reader, kind: str, name: str, form: AskedForm) -> Response:
    """What was declared of an account, a plan, a server, a source, a card, a provider or a schedule, changed and taken back: who,
    when and why, as `minutebook audit` has it."""
    deeds = book.ledger.history(kind, name)
    if not deeds:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"nothing was declared of {kind} {name!r}")
    view = AuditView.of(Audited(deeds))
    return told_as(form, view.deeds, lambda: deeds_sheet(view), DeedView, "history")


@router.get("/servers", responses=responses(ServersView, tables=True))
def _servers(
    book: Served,
    _: Reader,
    form: AskedForm,
    account: Annotated[str | None, Query(description="Of one account")] = None,
    at: Annotated[
        str | None, Query(description="As on a UTC day; left out: today", json_schema_extra=DAY)
    ] = None,
) -> Response:
    """Servers: whose, since when, whether free, what each owes in the month, met so far or not; as `minutebook server list`."""
    view = ServersView.of(
        book.accounts.servers(account, None if at is None else read_day(at, "at"))
    )
    return told_as(form, view, lambda: Sheet(SERVERS, view.servers), ServerView, "servers")


@router.get("/servers/{server}", responses=responses(ServerView))
def _server(
    book: Served,
    _: Reader,
    server: str,
    at: Annotated[
        str | None, Query(description="As on a UTC day; left out: today", json_schema_extra=DAY)
    ] = None,
) -> JSONResponse:
    """A server; as `minutebook server list` has it."""
    for listed in book.accounts.servers(None, None if at is None else read_day(at, "at")):
        if listed.server.name == server:
            return answer(ServerView.of(listed))
    raise ProblemError(HTTPStatus.NOT_FOUND, f"server {server!r} is not declared")


@router.get("/schedules", responses=responses(ScheduleView, many=True, tables=True))
def _schedules(book: Served, _: JobReader, form: AskedForm) -> Response:
    """What is done again and again: when each is due next, what became of it last; as `minutebook schedule list`."""
    views = [ScheduleView.of(standing) for standing in book.jobs.schedules()]
    return told_as(form, views, lambda: Sheet(SCHEDULES, views), ScheduleView, "schedules", texts=("at",))  # fmt: skip


@router.get("/users", responses=responses(UserView, many=True, tables=True))
def _users(book: Served, _: Administrator, form: AskedForm) -> Response:
    """The people who sign in, those who are disabled among them; as `minutebook user list`."""
    views = [UserView.of(user) for user in book.users.list()]
    return told_as(form, views, lambda: Sheet(USERS, views), UserView, "users")


@router.get("/users/{user}", responses=responses(UserView))
def _user(book: Served, _: Administrator, user: str) -> JSONResponse:
    """A person who signs in; as `minutebook user list` has them."""
    with not_there():
        return answer(UserView.of(book.users.show(user)))


@router.get("/users/{user}/sessions", responses=responses(SessionView, many=True, tables=True))
def _sessions(book: Served, _: Administrator, user: str, form: AskedForm) -> Response:
    """The sessions of a user that have not ended; as `minutebook user sessions`."""
    with not_there():
        book.users.show(user)
    views = [SessionView.of(one) for one in book.sessions.list(user)]
    return told_as(form, views, lambda: Sheet(SESSIONS, views), SessionView, "sessions")


@router.get("/sessions", responses=responses(SessionView, many=True, tables=True))
def _every_session(book: Served, _: Administrator, form: AskedForm) -> Response:
    """The sessions of all users that have not ended; as `minutebook user sessions`."""
    views = [SessionView.of(one) for one in book.sessions.list()]
    return told_as(form, views, lambda: Sheet(SESSIONS, views), SessionView, "sessions")


@router.get("/keys", responses=responses(AccessKeyView, many=True, tables=True))
def _keys(book: Served, _: Administrator, form: AskedForm) -> Response:
    """The keys that programs ask with, those that were revoked among them, never a key itself; as `minutebook key list`."""
    views = [AccessKeyView.of(key) for key in book.access.list()]
    return told_as(form, views, lambda: Sheet(KEYS, views), AccessKeyView, "keys")


@router.get("/webhooks/{webhook}", responses=responses(WebhookView))
def _webhook(book: Served, _: HookAdministrator, webhook: int) -> JSONResponse:
    """A webhook, never its secret; as `minutebook webhook list` has it."""
    for hook in book.webhooks.list():
        if hook.id == webhook:
            return answer(WebhookView.of(hook))
    raise ProblemError(HTTPStatus.NOT_FOUND, f"there is no webhook {webhook}")


@router.get("/deliveries", responses=responses(DeliveryView, many=True, tables=True))
def _deliveries(
    book: Served,
    _: HookAdministrator,
    form: AskedForm,
    webhook: Annotated[int | None, Query(description="To this webhook")] = None,
    state: Annotated[str | None, Query(description="waiting, delivered or given up")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="At most so many, the last")] = 100,
) -> Response:
    """What others were told, or are to be, the last events first; as `minutebook webhook deliveries`."""
    views = [DeliveryView.of(one) for one in book.webhooks.deliveries(webhook, state, limit)]
    return told_as(form, views, lambda: Sheet(DELIVERIES, views), DeliveryView, "deliveries")
