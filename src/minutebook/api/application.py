"""The application: its routes, its answers' headers, its OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from minutebook import __version__
from minutebook.api.around import AroundAnswers
from minutebook.api.metrics import API, Metrics
from minutebook.api.problems import handle_problems
from minutebook.api.processes import counted_together
from minutebook.api.rates import RequestRates
from minutebook.api.routes import (
    account_use,
    accounts,
    administration,
    calls,
    cards,
    disputes,
    health,
    jobs,
    money,
    overview,
    postings,
    prices,
    providers,
    records,
    reports,
    webhooks,
)
from minutebook.api.routes.changes import (
    account_changes,
    card_changes,
    correction_changes,
    declaration_changes,
    import_changes,
    job_changes,
    month_changes,
    people_changes,
    posting_changes,
    quarantine_changes,
    table_changes,
    webhook_changes,
)
from minutebook.api.schemas import components, models_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import APIRouter

    from minutebook.book import Book

_ROUTERS: Final = (
    accounts.router,
    account_use.router,
    calls.router,
    records.router,
    prices.router,
    cards.router,
    providers.router,
    money.router,
    overview.router,
    postings.router,
    disputes.router,
    reports.router,
    jobs.router,
    webhooks.router,
    administration.router,
    account_changes.router,
    posting_changes.router,
    declaration_changes.router,
    month_changes.router,
    import_changes.router,
    quarantine_changes.router,
    correction_changes.router,
    card_changes.router,
    table_changes.router,
    job_changes.router,
    webhook_changes.router,
    people_changes.router,
)

LARGEST_UPLOAD: Final = 1_000_000_000
"""So many bytes a file that is sent has at most, unless it is said otherwise."""


def application(
    book: Book | None = None,
    largest_upload: int = LARGEST_UPLOAD,
    first: Sequence[APIRouter] = (),
) -> FastAPI:
    """The application over an open book; None: over none, for its OpenAPI document alone. `first`: pages, whose paths are
    looked at before those of the API."""
    app = FastAPI(
        title="Minutebook",
        version=__version__,
        summary="The billing engine for voice carriers",
        docs_url=None,
        redoc_url=None,
    )
    app.state.largest_upload = largest_upload
    app.state.book, app.state.metrics = book, Metrics(book)
    together = counted_together()
    app.state.rates = RequestRates(
        None if book is None else book.settings.requests_per_second,
        shared=together and together / "rates.sqlite",
    )
    handle_problems(app)
    for router in first:
        app.include_router(router, include_in_schema=False)
    app.include_router(health.router)
    for router in _ROUTERS:
        app.include_router(router, prefix=API)
    app.add_middleware(AroundAnswers, metrics=app.state.metrics)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document."""
    if not app.openapi_schema:
        made = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        held = made.setdefault("components", {}).setdefault("schemas", {})
        held.update(components(models_named(made["paths"])))
        for unused in ("HTTPValidationError", "ValidationError"):
            held.pop(unused, None)
        app.openapi_schema = made
    return app.openapi_schema
