"""Whether the program lives, whether it can answer, and its figures: for what watches it. No key is needed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from minutebook.api.entry import Served
from minutebook.api.metrics import Metrics

router = APIRouter(tags=["health"])


@router.get("/healthz")
def _live() -> JSONResponse:
    """Whether the program lives: it answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def _ready(book: Served) -> JSONResponse:
    """Whether it can answer: the book's database is reached. Else the status is 503."""
    book.carrier()
    return JSONResponse({"status": "ok"})


@router.get("/metrics", response_class=Response)
def _metrics(request: Request) -> Response:
    """Figures for Prometheus: requests, and what of the book needs a person."""
    figures: Metrics = request.app.state.metrics
    return figures.answer()
