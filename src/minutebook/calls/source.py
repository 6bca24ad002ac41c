"""What a file of call records cannot say of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MAX_CALL_HOURS = 1_193
"""The most that `max_call_hours` can be: 49 days, whose milliseconds fit in 32 bits."""


@dataclass(frozen=True, slots=True)
class Source:
    """A switch's stream of records, as `[source.NAME]` declares it (docs/reference/apply.md).

    `zone` is the IANA zone of times without an offset; `server` names the switch where a record
    does not; `country` is the calling code of national numbers; a call longer than
    `max_call_hours` is set aside.
    """

    name: str
    """Its name, as declared; for files without a source, the format's."""
    format: str | None = None
    zone: str | None = None
    server: str | None = None
    country: str | None = None
    international_prefix: str = "00"
    national_prefix: str = "0"
    tech_prefixes: tuple[str, ...] = ()
    max_call_hours: int = 168
    options: dict[str, Any] = field(default_factory=dict)
    complete: bool = False
    """The files at hand are finished: a last line without its end is a record like others."""

    @property
    def columns(self) -> dict[str, str]:
        """`options.columns`: our name of a column → its name in the file."""
        return dict(self.options.get("columns", {}))
