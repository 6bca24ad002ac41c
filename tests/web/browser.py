"""A browser without a window: it keeps cookies, follows redirects when told to, and sends the forms that pages have."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def leads_to(self) -> str:
        return self.headers.get("Location", "")


class _Forms(HTMLParser):
    """The forms of a page: what each sends by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._action = ""
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._action = said["action"] or ""
            self.found[self._action] = {}
        elif tag == "input" and said.get("name") and said.get("type") != "checkbox":
            self.found[self._action][said["name"] or ""] = said.get("value") or ""
        elif tag == "select":
            self._select = said["name"] or ""
        elif tag == "option" and (
            "selected" in said or self._select not in self.found[self._action]
        ):
            self.found[self._action][self._select] = said.get("value") or ""


@dataclass
class Browser:
    """One person at one browser."""

    at: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        path: str,
        sent: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        method: str | None = None,
    ) -> Answer:
        """Ask for a path; with `sent`, as a form of our own site."""
        host = urlsplit(self.at).netloc
        connection = http.client.HTTPConnection(host, timeout=30)
        told = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        body = None
        if sent is not None:
            body = urlencode(sent)
            told |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.at}
        told |= headers or {}
        connection.request(method or ("GET" if sent is None else "POST"), path, body, told)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if not morsel.value:
                    del self.cookies[name]
        return Answer(answer.status, answer.headers, text)

    def fields(self, path: str, action: str) -> dict[str, str]:
        """What a form of a page sends by itself."""
        return _Forms(self.ask(path).text).found[action]

    def send(self, path: str, action: str, **typed: str) -> Answer:
        """Open a page, and send one of its forms with what is typed."""
        return self.ask(action, self.fields(path, action) | typed)

    def send_of(self, page: Answer, action: str, **typed: str) -> Answer:
        """Send a form of a page that is open."""
        return self.ask(action, _Forms(page.text).found[action] | typed)

    def sign_in(self, name: str, password: str, wanted: str = "/") -> Answer:
        """Sign in by the form."""
        return self.send(f"/sign-in?next={wanted}", "/sign-in", name=name, password=password)
