"""Requests that do something: in whose name, and once by their Idempotency-Key (docs/rules/access.md, "Once")."""

from __future__ import annotations

import json
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Header, Request
from starlette.responses import Response

from minutebook.accounts.asked_once import asked_once
from minutebook.api.problems import ProblemError
from minutebook.book.clock import in_the_name_of
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from minutebook.access.key import AccessKey
    from minutebook.book import Book

_LONGEST: Final = 255


class Once:
    """How a request is to be done: the path that is asked, and perhaps the key by which it counts once."""

    def __init__(
        self,
        request: Request,
        idempotency_key: Annotated[
            str | None,
            Header(
                description="Any text of the asker's: the same key and body is done once, and answered alike each time",
                max_length=_LONGEST,
            ),
        ] = None,
    ) -> None:
        self._asked = f"{request.method} {request.url.path}"
        self._key = idempotency_key

    def answered(
        self,
        book: Book,
        key: AccessKey,
        body: BaseModel,
        do: Callable[[], tuple[HTTPStatus, Any]],
        secret: str | None = None,
    ) -> Response:
        """The answer: what `do` gives, a status and a model, done in the name of the key; or what it gave before.

        `secret`: what of the model is told once: it is not kept with the answer, and whoever asks again is not told it.
        """
        told: list[str] = []

        def done() -> tuple[int, str]:
            status, model = do()
            value = as_json(model)
            told.append(json.dumps(value, ensure_ascii=False))
            if secret is None:
                return status.value, told[-1]
            kept = {name: held for name, held in value.items() if name != secret}
            return status.value, json.dumps(kept, ensure_ascii=False)

        with in_the_name_of(f"key:{key.name}"):
            if self._key is None:
                status, text = done()
            else:
                if not self._key.strip():
                    raise ProblemError(
                        HTTPStatus.UNPROCESSABLE_ENTITY,
                        "Idempotency-Key is empty; send one of your own, or none",
                    )
                unsaid = {"preview"} if getattr(body, "preview", None) is False else None
                asked = f"{self._asked} {body.model_dump_json(exclude=unsaid)}"
                digest = sha256(asked.encode()).hexdigest()
                given = asked_once(book.database, key.name, self._key, digest, done)
                status, text = given.status, given.body
        return Response(told[-1] if told else text, status, media_type="application/json")

    def looked(
        self, book: Book, key: AccessKey, body: BaseModel, look: Callable[[], Any]
    ) -> Response:
        """The answer: the model of what something would come to, which reads the ledger as of one instant, and changes nothing."""
        with in_the_name_of(f"key:{key.name}"):
            model = look()
        return self.answered(book, key, body, lambda: (HTTPStatus.OK, model))


def as_new(new: bool, preview: bool = False) -> HTTPStatus:
    """The status of what was done: 201 where it is new, 200 where it was so before, or was only looked at."""
    return HTTPStatus.CREATED if new and not preview else HTTPStatus.OK


Asked = Annotated[Once, Depends(Once)]
"""How a request that does something is to be done."""
