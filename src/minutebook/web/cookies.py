"""The cookie of a session: which name it has, and how it is set (docs/rules/access.md, "Sessions")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from minutebook.access.session import LONGEST_SESSION

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_OVER_TLS: Final = "__Host-minutebook"
"""No other name of the host, and nothing without TLS, can set it."""
_PLAIN: Final = "minutebook"
_ASKING: Final = "-asking"
_ASKING_S: Final = 600


def cookie_of(request: Request) -> str | None:
    """The token that a browser sends."""
    return request.cookies.get(_name(request))


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Have the browser send a token from now on. No script sees it; a form of another site goes without it."""
    response.set_cookie(
        _name(request),
        token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Have the browser forget it."""
    response.delete_cookie(
        _name(request), path="/", secure=_is_secure(request), httponly=True, samesite="lax"
    )


def kept_asking(request: Request) -> str | None:
    """What the browser remembers while it is at an issuer."""
    return request.cookies.get(_name(request) + _ASKING)


def set_asking(request: Request, response: Response, asking: str) -> None:
    """Have the browser remember it for as long as signing in may take; it comes with the way back from the issuer."""
    response.set_cookie(
        _name(request) + _ASKING,
        asking,
        max_age=_ASKING_S,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_asking(request: Request, response: Response) -> None:
    """Have the browser forget it: an answer is taken once."""
    response.delete_cookie(
        _name(request) + _ASKING,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def _is_secure(request: Request) -> bool:
    """Whether the browser came over TLS: a server before this one says so (X-Forwarded-Proto)."""
    return request.url.scheme == "https"


def _name(request: Request) -> str:
    return _OVER_TLS if _is_secure(request) else _PLAIN
