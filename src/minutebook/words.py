"""Words about amounts of things, for people."""

from __future__ import annotations


def counted(number: int, what: str) -> str:
    """`number` of `what`, in the plural where it is one: `1 call`, `1,200 calls`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
