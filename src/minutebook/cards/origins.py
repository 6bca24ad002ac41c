"""Origins: prices that differ by the countries of both numbers (docs/rules/origins.md, "Prices by origin")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

LOCAL: Final = "local"
GROUP: Final = "group"
INTERNATIONAL: Final = "international"


@dataclass(frozen=True, slots=True)
class Origins:
    """A card's prices differ by origin. As declared it names no table; a revision names that which it goes by."""

    callers: tuple[str, ...] = ()
    """The countries, by their two letters, from which calls of the group come; empty: there is no group."""
    called: tuple[str, ...] = ()
    """The countries to which they go."""
    countries: str = ""
    """The SHA-256 of the table of countries."""

    @property
    def names(self) -> tuple[str, ...]:
        """The origins, as the rows name them."""
        return (LOCAL, GROUP, INTERNATIONAL) if self.callers else (LOCAL, INTERNATIONAL)

    def place(self, caller: str | None, called: str | None) -> int:
        """The place in `names` of calls from one country to another; None: of no country."""
        if caller is not None and caller == called:
            return 0
        group = caller in self.callers and called in self.called
        return self.names.index(GROUP if group else INTERNATIONAL)


def origins_body(origins: Origins) -> dict[str, Any]:
    """Origins as JSON, in one spelling; a table that is not named is absent."""
    said: dict[str, Any] = {}
    if origins.callers:
        said["group"] = {"callers": list(origins.callers), "called": list(origins.called)}
    return said | ({"countries": origins.countries} if origins.countries else {})


def origins_from_body(body: dict[str, Any]) -> Origins:
    """The inverse of `origins_body`."""
    group = body.get("group", {})
    return Origins(
        tuple(group.get("callers", ())), tuple(group.get("called", ())), body.get("countries", "")
    )
