"""Sources as rows of tables: in a list, and each in words."""

from __future__ import annotations

from minutebook.show.tables import Column

SOURCES = [
    Column("source", "Source"),
    Column("format", "Format"),
    Column("zone", "Zone"),
    Column("server", "Server"),
    Column("country", "Country"),
    Column("tech_prefixes", "Technical prefixes", drop=2),
    Column("max_call_hours", "Longest call (hours)", number=True, drop=1),
    Column("options", "Options"),
]
SOURCE_WORDS = [Column("key", "Of its files"), Column("is", "Is")]
