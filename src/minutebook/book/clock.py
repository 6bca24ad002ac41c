"""The clock and the user: read here and nowhere else, and handed to what needs them."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime

from minutebook.days import ONE_DAY


def now() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The UTC day."""
    return now().date()


def tomorrow() -> date:
    """The next UTC day."""
    return today() + ONE_DAY


def user() -> str:
    """Who types: kept with what is declared and changed."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
