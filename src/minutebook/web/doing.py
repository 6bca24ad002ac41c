"""What a form asks for, done once: a second click, a reload, a way back do nothing more (docs/rules/access.md, "Once")."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from minutebook.accounts.asked_once import asked_once
from minutebook.api.problems import ProblemError
from minutebook.book.clock import in_the_name_of
from minutebook.web.entry import SignedInSession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Message

    from minutebook.access.session import Session
    from minutebook.book import Book

ONCE: Final = "_once"
"""The field of a form by which what it asks for counts once."""
OWN: Final = "_own"
"""The field of a form that says in whose session it was made."""
_MOST_FIELDS: Final = 200
_LONGEST: Final = 1_000_000
_LARGEST_FORM: Final = 4_000_000
"""So many bytes a form without a file has at most; letters take three each on their way."""
_HEARD: Final = 3
"""So many times as much is heard, and dropped, before it is refused."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What a form has sent: its fields, without blanks around them; its files, and whose it is."""

    session: Session
    fields: Mapping[str, str]
    files: Mapping[str, UploadFile]
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The fields of a form without a file as they were typed, blanks around them too: passwords are."""

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def chosen(self) -> bool:
        """Whether what was looked at is to be done now."""
        return self["step"] == "do"

    def given(self, name: str) -> str | None:
        """A field's text; None: it was left empty."""
        return self.fields.get(name) or None

    def again(self) -> dict[str, str]:
        """What the form said, to be sent again."""
        return {name: text for name, text in self.fields.items() if name not in (ONCE, OWN, "step")}


def check_own_site(request: Request) -> None:
    """A form of another site is refused: browsers say from where one is sent."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        foreign = True
    if foreign:
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "the form was sent from another site; open the page here, and send it again",
        )


def check_own_session(session: Session, fields: Mapping[str, str]) -> None:
    """A form that was opened in another session is refused."""
    if not compare_digest(fields.get(OWN, "").encode(), session.form_token().encode()):
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "the form is of another session; open the page again, and send it from there",
        )


async def _form_of(request: Request) -> FormData:
    """What was sent, bounded: a file by what `serve` allows, a field by so many letters. `ProblemError` in a sentence, where
    there is more; a browser listens once it has sent, so that what follows is heard, and dropped, up to a bound.
    """
    multipart = request.headers.get("content-type", "").startswith("multipart/")
    most: int = request.app.state.largest_upload if multipart else _LARGEST_FORM
    received, more = 0, True

    async def receive() -> Message:
        nonlocal received, more
        message = await request.receive()
        received += len(message.get("body", b""))
        more = bool(message.get("more_body"))
        if received > most:
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        return message

    try:
        return await Request(request.scope, receive).form(
            max_fields=_MOST_FIELDS, max_part_size=_LONGEST
        )
    except HTTPException:
        while more and received < _HEARD * most:
            message = await request.receive()
            received += len(message.get("body", b""))
            more = bool(message.get("more_body"))
        raise ProblemError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the form is cut, or has a field of more than {_LONGEST:,} letters; send it again, with less in it",
        ) from None


async def _sent(request: Request, session: SignedInSession) -> FilledForm:
    check_own_site(request)
    form = await _form_of(request)
    typed = {name: said for name, said in form.multi_items() if isinstance(said, str)}
    fields = {name: said.strip() for name, said in typed.items()}
    files = {
        name: said
        for name, said in form.multi_items()
        if isinstance(said, UploadFile) and said.filename
    }
    check_own_session(session, fields)
    return FilledForm(session, fields, files, typed)


SentForm = Annotated[FilledForm, Depends(_sent)]
"""The form that was sent, by who is signed in, from a page of ours."""


def new_once() -> str:
    """By what a form counts once."""
    return uuid.uuid4().hex


def done_once(
    book: Book, sent: FilledForm, request: Request, do: Callable[[], str]
) -> RedirectResponse:
    """Do what a form asks for, in the name of who is signed in; then on to the page that `do` gives. The same form
    again leads there too and does nothing.
    """
    session = sent.session
    with in_the_name_of(session.asks_as):
        if not sent[ONCE]:
            return RedirectResponse(do(), HTTPStatus.SEE_OTHER)
        asked = f"{request.url.path} {json.dumps(sorted(sent.again().items()))}"
        given = asked_once(
            book.database,
            session.asks_as,
            sent[ONCE],
            sha256(asked.encode()).hexdigest(),
            lambda: (HTTPStatus.OK, json.dumps(do())),
        )
    return RedirectResponse(json.loads(given.body), HTTPStatus.SEE_OTHER)
