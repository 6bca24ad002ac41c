"""Keys, users and their sessions."""

from __future__ import annotations

from minutebook.show.tables import Column

KEYS = [
    Column("name", "Key"),
    Column("role", "Role"),
    Column("account", "Account"),
    Column("may", "May only", drop=5),
    Column("made_at", "Made (UTC)", drop=3),
    Column("made_by", "By", drop=2),
    Column("revoked_at", "Revoked (UTC)"),
    Column("revoked_by", "Revoked by", drop=4),
    Column("reason", "Why", drop=1),
]
KEY_SECRET = Column("key", "Key itself", folds=False, shown=False)
USERS = [
    Column("name", "User"),
    Column("role", "Role"),
    Column("account", "Account"),
    Column("second_factor", "Second factor", drop=5),
    Column("must_change_password", "New password due", drop=6),
    Column("made_at", "Made (UTC)", drop=3),
    Column("made_by", "By", drop=2),
    Column("disabled_at", "Disabled (UTC)"),
    Column("disabled_by", "Disabled by", drop=4),
    Column("reason", "Why", drop=1),
]
SESSIONS = [
    Column("session", "Session", number=True),
    Column("user", "User"),
    Column("begun_at", "Begun (UTC)", drop=2),
    Column("seen_at", "Last seen (UTC)"),
    Column("ends_at", "Ends (UTC)", drop=3),
    Column("address", "From"),
    Column("agent", "Browser", drop=1),
]
USER_PASSWORD = Column("password", "Password", folds=False, shown=False)
