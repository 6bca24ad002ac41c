"""The menu: the pages that a role may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from minutebook.access.roles import RIGHTS, Right, Role

if TYPE_CHECKING:
    from minutebook.access.session import Session


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A page in the menu."""

    name: str
    path: str
    here: bool = False


_PAGES: Final = [
    (Right.ACCOUNTS, "Overview", "/"),
    (Right.ACCOUNTS, "Accounts", "/accounts"),
    (Right.MONEY, "Journal", "/journal"),
    (Right.MONEY, "Months", "/months"),
    (Right.MONEY, "Margin", "/margin"),
    (Right.MONEY, "Disputes", "/disputes"),
    (Right.CALLS, "Calls", "/calls"),
    (Right.CALLS, "Quarantine", "/quarantine"),
    (Right.CALLS, "Imports", "/imports"),
    (Right.CALLS, "Corrections", "/corrections"),
    (Right.CALLS, "Sources", "/sources"),
    (Right.PRICES, "Plans", "/plans"),
    (Right.PRICES, "Cards", "/cards"),
    (Right.DECLARATIONS, "Declare", "/declare"),
    (Right.JOBS, "Jobs", "/jobs"),
    (Right.ACCOUNTS, "Audit", "/audit"),
    (Right.PEOPLE, "Users", "/users"),
]
_BELOW: Final = {
    "/charges": "/accounts",
    "/servers": "/accounts",
    "/parked": "/accounts",
    "/unpriced": "/calls",
    "/decks": "/cards",
    "/price": "/plans",
    "/route": "/plans",
    "/providers": "/plans",
    "/declared": "/declare",
    "/schedules": "/jobs",
    "/keys": "/users",
    "/webhooks": "/users",
}
"""Pages that are in no menu, by the first part of their path, and the one of the menu that leads to them."""


def menu_of(session: Session | None, path: str) -> list[MenuItem]:
    """The pages that somebody may see; nobody sees none."""
    if session is None:
        return []
    if session.role is Role.CUSTOMER:
        here = f"/accounts/{session.account}"
        pages = [
            ("Account", here),
            ("Calls", f"{here}/calls"),
            ("Channels", f"{here}/channels"),
            ("Prices", f"{here}/prices"),
            ("Plan", f"{here}/review"),
        ]
        below = {"/charges": here, "/calls": f"{here}/calls"}
    else:
        pages = [(name, at) for right, name, at in _PAGES if right in RIGHTS[session.role]]
        below = _BELOW
    first = "/" + path.split("/")[1]
    path = below.get(first, path)
    nearest = max((at for _, at in pages if _below(path, at)), key=len, default=None)
    return [MenuItem(name, at, at == nearest) for name, at in pages]


def _below(path: str, at: str) -> bool:
    return path == at or (at != "/" and path.startswith(f"{at}/"))


def above_account(session: Session, account: str | None = None) -> list[tuple[str, str]]:
    """The pages above the page of an account (None), or above those that stand below it; a customer has no list."""
    above = [] if session.role is Role.CUSTOMER else [("Accounts", "/accounts")]
    return above if account is None else [*above, (account, f"/accounts/{account}")]
