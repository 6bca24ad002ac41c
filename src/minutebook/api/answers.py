"""Answers: the models that commands print, and what of them a customer is not told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from minutebook.access.roles import Role
from minutebook.api.metrics import API
from minutebook.api.tables import TableForm, as_next, table_answer
from minutebook.show.for_customers import as_customers_json, keys_hidden
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from starlette.responses import Response

    from minutebook.access.key import AccessKey
    from minutebook.show.tables import Sheet


def answer(result: Any, key: AccessKey | None = None, **more: Any) -> JSONResponse:
    """A model, or a list of them, as the commands print it; `more` keys beside those of a model. To the `key` of a
    customer without what a customer is not told.
    """
    value = as_customers_json(result) if _is_customers(key) else as_json(result)
    return JSONResponse(value | more if more else value)


def told_as(
    form: TableForm,
    result: Any,
    sheet: Callable[[], Sheet],
    model: type,
    name: str,
    *,
    key: AccessKey | None = None,
    following: str | None = None,
    texts: Collection[str] = (),
) -> Response:
    """A result in the form that is asked for: as `answer`, or its table as a file called `name`, of rows of a `model`.

    `following`: where what follows of it is. `texts`: columns that are words where the model has a day or an instant.
    """
    if form is TableForm.JSON:
        return as_next(answer(result, key), following)
    found = sheet()
    hidden = keys_hidden(model) if _is_customers(key) else frozenset()
    columns = [column for column in found.columns if column.key not in hidden]
    shown = replace(found, columns=columns, rows=as_json(found.rows))
    return table_answer(form, shown, model, name, following, texts)


def _is_customers(key: AccessKey | None) -> bool:
    return key is not None and key.role is Role.CUSTOMER


def file_word(name: str) -> str:
    """A name, of an account or another thing, in that of a file."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)


def accepted(given: Response) -> Response:
    """The answer that is a job, with where to ask for it."""
    given.headers["Location"] = f"{API}/jobs/{json.loads(bytes(given.body))['id']}"
    return given
