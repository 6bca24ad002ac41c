"""Pages as HTML: everything but our own templates is escaped."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import HTMLResponse, Response

from minutebook import __version__
from minutebook.show.tables import csv_text
from minutebook.web.blocks import PageTable, Picture, Words
from minutebook.web.navigation import menu_of
from minutebook.web.table_rows import rows_as_html
from minutebook.web.wording import said_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    import jinja2
    from starlette.requests import Request

    from minutebook.access.session import Session
    from minutebook.errors import InputError
    from minutebook.web.blocks import Block, PageForm

PAGE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Of every page: it runs no script and loads no file but ours, and stands in no other page."""
REPORT_HEADERS: Final = PAGE_HEADERS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; sandbox"
}
"""Of a report, which is one file with its style and its pictures in it: it runs nothing, and is of no origin."""


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    loader = jinja2.FileSystemLoader(str(files("minutebook.web") / "templates"))
    made = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    made.globals["version"] = __version__
    made.filters["for_script"] = json.dumps
    made.filters["rows_as_html"] = rows_as_html
    made.filters["said_here"] = said_here
    return made


def page(
    request: Request,
    session: Session | None,
    title: str,
    blocks: Sequence[Block],
    *,
    lead: Sequence[str] = (),
    above: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> Response:
    """A page of blocks under a title; `above`: the pages that it stands below, with where they are.

    Asked with `format=csv`, its first table as CSV.
    """
    tables = [block for block in blocks if isinstance(block, PageTable)]
    if request.query_params.get("format") == "csv" and tables:
        name = "".join(c if c.isalnum() else "-" for c in request.url.path.strip("/")) or "overview"
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(
            csv_text(tables[0].sheet), media_type="text/csv", headers=PAGE_HEADERS | headers
        )
    return HTMLResponse(
        _render(
            "page.html.jinja",
            title=title,
            lead=lead,
            blocks=blocks,
            above=above,
            session=session,
            menu=menu_of(session, request.url.path),
            csv=_csv_way(request) if tables else None,
            draws=any(isinstance(block, Picture) for block in blocks),
            path=request.url.path,
        ),
        status,
        PAGE_HEADERS,
    )


def refused(
    request: Request,
    session: Session,
    title: str,
    form: PageForm,
    error: InputError,
    *,
    above: Sequence[tuple[str, str]] = (),
) -> Response:
    """A page of what was asked and cannot be answered: the form, with what is wrong."""
    blocks: list[Block] = [replace(form, error=error.for_shell())]
    if form.live:  # where it answers anew: the form itself stays as it is
        said = error.for_shell()
        blocks = [form, Words([said[:1].upper() + said[1:]], alarming=True)]
    return page(
        request, session, title, blocks, above=above, status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _render(template: str, **given: Any) -> str:
    return _environment().get_template(template).render(**given)


def _csv_way(request: Request) -> str:
    return str(request.url.include_query_params(format="csv").replace(scheme="", netloc=""))
