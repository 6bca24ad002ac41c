"""The portal over a book on a real port, with a user of each role."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from tests.serving import carrier_book, on_port

from minutebook.jobs.worker import Worker
from minutebook.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Cluster

    from minutebook.book import Book

ROLES = ("admin", "engineer", "finance", "read-only", "customer")
PASSWORD = "a long enough password"


class _Seen(HTMLParser):
    """The links, the fields and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fields: dict[str, str] = {}
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "a" and held.get("href"):
            self.links.append(str(held["href"]))
        if tag == "input" and held.get("name"):
            self.fields[str(held["name"])] = held.get("value") or ""

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())


@dataclass
class Answer:
    """What a browser got."""

    status: int
    headers: dict[str, str]
    body: str
    at: str
    seen: _Seen = field(default_factory=_Seen)

    def __post_init__(self) -> None:
        if "html" in self.headers.get("content-type", ""):
            self.seen.feed(self.body)

    @property
    def words(self) -> str:
        return " ".join(self.seen.text)

    @property
    def leads_to(self) -> str:
        return self.headers.get("location", "")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Visitor:
    """Somebody at a browser, without the browser."""

    at: str
    token: str | None

    def get(self, path: str) -> Answer:
        return self._asked(path, None, {})

    def look(self, path: str, **fields: str) -> Answer:
        """What a form that does nothing by itself shows first."""
        return self.get(f"{path}?{urlencode(fields)}")

    def send(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Answer:
        """A form that was opened on this page and filled."""
        hidden = {
            name: value for name, value in self.get(path).seen.fields.items() if name[0] == "_"
        }
        return self.post(path, {**hidden, **fields}, headers)

    def post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> Answer:
        return self._asked(path, urlencode(fields).encode(), headers or {})

    def send_file(
        self, path: str, name: str, data: bytes, opened: str | None = None, **fields: str
    ) -> Answer:
        """A form of this page, or of one that is `opened`, with a file in it."""
        page = self.get(opened or path).seen.fields
        hidden = {name: value for name, value in page.items() if name[0] == "_"}
        mark, parts = b"a3f0c9d1e425b0d2", []
        for field_, value in {**hidden, **fields}.items():
            parts.append(f'Content-Disposition: form-data; name="{field_}"\r\n\r\n{value}'.encode())
        disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        parts.append(disposition.encode() + b"\r\n\r\n" + data)
        body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
        headers = {"Content-Type": f"multipart/form-data; boundary={mark.decode()}"}
        return self._asked(path, body + b"--" + mark + b"--\r\n", headers)

    def _asked(self, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        request = urllib.request.Request(self.at + path, body, headers)
        if self.token is not None:
            request.add_header("Cookie", f"minutebook={self.token}")
        opener = urllib.request.build_opener(_Stay)
        try:
            with opener.open(request) as got:
                return self._read(got.status, got, path)
        except urllib.error.HTTPError as error:
            return self._read(error.code, error, path)

    @staticmethod
    def _read(status: int, got: object, path: str) -> Answer:
        headers = {name.lower(): value for name, value in got.headers.items()}  # type: ignore[attr-defined]
        return Answer(status, headers, got.read().decode(errors="replace"), path)  # type: ignore[attr-defined]


@dataclass
class Portal:
    """A book's portal on a port."""

    book: Book
    at: str
    tokens: dict[str, str]

    def as_(self, role: str) -> Visitor:
        return Visitor(self.at, self.tokens.get(role))


def worked(book: Book) -> None:
    """Every job that waits is done."""
    worker = Worker(book.database, book.path, "tests", lambda: datetime.now(UTC))
    while worker.do_one(threading.Event()):
        pass


@pytest.fixture(autouse=True, scope="session")
def worked_out_at_once() -> Iterator[None]:
    """Pages of channels wait until all days are known, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("minutebook.web.pages.accounts.accounts._WORKED_OUT_MS", 600_000)
        yield


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Portal]:
    with carrier_book(tmp_path_factory.mktemp("portal"), cluster) as book:
        tokens = {}
        for role in ROLES:
            name = re.sub("[^a-z]", "", role)
            book.users.add(name, role, "acme" if role == "customer" else None, PASSWORD)
            signed = book.sessions.sign_in(name, PASSWORD)
            tokens[role] = signed.token  # type: ignore[union-attr]
        with on_port(site(book)) as at:
            yield Portal(book, at, tokens)
