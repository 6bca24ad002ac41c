"""Erlang B: the blocking of Poisson traffic on N channels, blocked calls cleared
(docs/rules/capacity.md, "Erlang B").

A. K. Erlang's loss formula, by its recursion B(0) = 1, B(n) = A·B(n−1) / (n + A·B(n−1)), whose
terms all lie between 0 and 1: it neither overflows nor loses digits (ITU-T E.521, annex).
"""

from __future__ import annotations

from minutebook.errors import InputError

_MOST_CHANNELS = 1_000_000


def blocking(erlangs: float, channels: int) -> float:
    """The share of calls, 0 to 1, that `channels` refuse of so many erlangs offered; of none, 0."""
    if channels > _MOST_CHANNELS:
        raise InputError(f"{channels:,} channels are too many; say at most {_MOST_CHANNELS:,}")
    share = 1.0 if erlangs else 0.0
    for n in range(1, channels + 1):
        offered = erlangs * share
        share = offered / (n + offered)
    return share


def channels_for(erlangs: float, target: float) -> int:
    """The fewest channels that refuse at most `target` of so many erlangs offered."""
    if not 0 < target < 1:
        raise InputError(f"blocking {target} is not between 0 and 1, as in 0.01 or 1%")
    share, n = 1.0, 0
    while share > target and erlangs:
        n += 1
        if n > _MOST_CHANNELS:
            raise InputError(f"{erlangs:g} erlangs need more than {_MOST_CHANNELS:,} channels")
        offered = erlangs * share
        share = offered / (n + offered)
    return n
