"""Whether the program lives, and whether it can answer: for what watches it. No key is needed."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from minutebook.api.entry import Served

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
