"""Results as tables for programs: CSV, Arrow and Parquet, where that is asked for instead of JSON.

The rows and the columns are those of the command's CSV. In Arrow and Parquet amounts and rates are decimals of ten places, never
floating-point numbers, and types are those of the model, so that they are the same whatever the rows.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Header, Query
from starlette.responses import JSONResponse, Response

from minutebook import money
from minutebook.errors import InputError
from minutebook.money import SCALE
from minutebook.show.serialise import keys_of
from minutebook.show.tables import cell_text, csv_text
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl
    from starlette.requests import Request

    from minutebook.show.serialise import Key
    from minutebook.show.tables import Column, Sheet

_DIGITS: Final = 38


class TableForm(StrEnum):
    """How a result is written."""

    JSON = "json"
    CSV = "csv"
    ARROW = "arrow"
    PARQUET = "parquet"


MEDIA_TYPES: Final = {
    TableForm.CSV: "text/csv",
    TableForm.ARROW: "application/vnd.apache.arrow.stream",
    TableForm.PARQUET: "application/vnd.apache.parquet",
}
"""Of those that are tables."""


async def _asked_form(
    format: Annotated[
        str | None,
        Query(
            description="json, csv, arrow or parquet; left out: as Accept says, else JSON",
            json_schema_extra={"enum": [*TableForm]},
        ),
    ] = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> TableForm:
    if format is None:
        return _accepted(accept or "")
    if format not in list(TableForm):
        raise InputError(
            f"there is no format {format!r}{did_you_mean(format, TableForm)}; say {', '.join(TableForm)}"
        )
    return TableForm(format)


AskedForm = Annotated[TableForm, Depends(_asked_form)]
"""How a result is asked for: by `format`, else by `Accept`."""


def _accepted(accept: str) -> TableForm:
    """The form of the media type that is liked most; JSON where none of a table is named."""
    known = {media: form for form, media in MEDIA_TYPES.items()} | {
        "application/json": TableForm.JSON
    }
    liked: list[tuple[float, int, TableForm]] = []
    for n, part in enumerate(accept.split(",")):
        media, *terms = (one.strip().lower() for one in part.split(";"))
        if media in known:
            said = next((term[2:] for term in terms if term.startswith("q=")), "1")
            weight = float(said) if said.replace(".", "", 1).isdecimal() else 0.0
            liked.append((-weight, n, known[media]))
    return min(liked)[2] if liked else TableForm.JSON


def table_answer(
    form: TableForm,
    sheet: Sheet,
    model: type,
    name: str,
    following: str | None = None,
    texts: Collection[str] = (),
) -> Response:
    """A table of rows of a model, in JSON's keys, as a file called `name`; `following`: where the next page is; `texts`:
    columns of words, whatever the model says.
    """
    if form is TableForm.CSV:
        content = csv_text(sheet).encode()
    else:
        content = _written(form, typed_frame(sheet, model, texts))
    return as_next(_file(form, content, name), following)


def frame_answer(form: TableForm, frame: pl.DataFrame, name: str) -> Response:
    """A frame as a file called `name`, or its rows as JSON, in which amounts are text."""
    if form is not TableForm.JSON:
        return _file(form, _written(form, frame), name)
    rows = [
        {key: money.text(cell) if isinstance(cell, Decimal) else cell for key, cell in row.items()}
        for row in frame.iter_rows(named=True)
    ]
    return JSONResponse(rows)


def _written(form: TableForm, frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    match form:
        case TableForm.ARROW:
            frame.write_ipc_stream(out, compat_level=_oldest())
        case TableForm.PARQUET:
            frame.write_parquet(out)
        case _:
            frame.write_csv(out)
    return out.getvalue()


def _file(form: TableForm, content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def as_next(response: Response, following: str | None) -> Response:
    """The answer, which says where what follows it is; None: nothing does."""
    if following is not None:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def next_page(request: Request, cursor: str | None) -> str | None:
    """Where the next page is: the same request, with the cursor."""
    if cursor is None:
        return None
    return str(request.url.include_query_params(cursor=cursor).replace(scheme="", netloc=""))


def typed_frame(sheet: Sheet, model: type, texts: Collection[str] = ()) -> pl.DataFrame:
    """A sheet's columns with the types that the model's keys have, but for `texts`."""
    import polars as pl

    keys = {key.name: key for key in keys_of(model)}
    columns = []
    for column in sheet.columns:
        kind = _kind(keys[column.key]) if column.key in keys else _kind_of_column(column)
        kind = pl.String() if column.key in texts else kind
        values = [_typed(row.get(column.key), kind) for row in sheet.rows]
        columns.append(pl.Series(column.key, values, kind, strict=False))
    return pl.DataFrame(columns)


def _kind_of_column(column: Column) -> pl.DataType:
    """Of a column that is no key of the model, as a rate of a band: a number is an amount or a rate."""
    import polars as pl

    return pl.Decimal(_DIGITS, SCALE) if column.number else pl.String()


def _kind(key: Key) -> pl.DataType:
    import polars as pl

    form = None if key.form is None else key.form.name
    if form in ("amount", "rate"):
        return pl.Decimal(_DIGITS, SCALE)
    if form == "day":
        return pl.Date()
    if form == "instant":
        return pl.Datetime("us", "UTC")
    plain = {int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean()}
    return plain.get(key.types[0], pl.String()) if len(key.types) == 1 else pl.String()


def _typed(value: Any, kind: pl.DataType) -> Any:
    """A cell of JSON as a column of that type holds it."""
    import polars as pl

    if value is None:
        return None
    match kind:
        case pl.Decimal():
            return Decimal(value)
        case pl.Date():
            return date.fromisoformat(value)
        case pl.Datetime():
            return datetime.fromisoformat(value)
        case pl.String():
            return cell_text(value)
    return value


def _oldest() -> Any:
    """The oldest layout of Arrow's text columns: every reader of Arrow knows it."""
    import polars as pl

    return pl.CompatLevel.oldest()
