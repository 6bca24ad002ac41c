"""Days, instants, months and amounts as people type them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from minutebook.days import month_end, read_day, read_instant, read_month
from minutebook.errors import InputError
from minutebook.fit.shares import read_growth, read_share

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


day, instant, month = read_day, read_instant, read_month
share, growth = read_share, read_growth
_HASH = 64  # hexadecimal digits of SHA-256


def holder(account: str | None, provider: str | None) -> str:
    """The account in the ledger that ACCOUNT or --provider names; one of them is said."""
    if (account is None) == (provider is None):
        raise InputError("say which ACCOUNT, or --provider NAME, one of them")
    if account is not None:
        return account
    from minutebook.plans.provider import provider_key

    return provider_key(str(provider))


def link(text: str, option: str) -> tuple[int, str]:
    """A link of the chain, its number and its hash, as in 12:9f…"""
    number, _, head = text.strip().partition(":")
    if not (number.isascii() and number.isdigit() and len(head) == _HASH and head.isalnum()):
        raise InputError(
            f"{option} {text!r} is no link of the chain; write it as LINKS:HEAD, by what verify said"
        )
    return int(number), head


def period(first: str | None, last: str | None, month_: str | None) -> tuple[date, date]:
    """The first and last UTC day that --from and --to say, or --month; `InputError` for both or none."""
    if month_ is not None:
        if first is not None or last is not None:
            raise InputError("--month is a whole month; say it alone, or --from and --to")
        begins = month(month_, "--month")
        return begins, month_end(begins)
    if first is None or last is None:
        raise InputError("say which days: --month YYYY-MM, or --from DATE --to DATE")
    return day(first, "--from"), day(last, "--to")


def some_days(
    first: str | None, last: str | None, month_: str | None
) -> tuple[date | None, date | None]:
    """As `period`, where either end may be left out."""
    if month_ is not None:
        return period(first, last, month_)
    return (
        None if first is None else day(first, "--from"),
        None if last is None else day(last, "--to"),
    )


def number(text: str, option: str) -> float:
    """A number that measures, 0 or more; never money."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise InputError(f"{option} {text!r} is not a number, 0 or more; write it as 12.5")
    return value


def count(text: str, option: str) -> int:
    """A whole number, 0 or more."""
    if not (text.isascii() and text.isdigit()):
        raise InputError(f"{option} {text!r} is not a whole number, 0 or more; write it as 120")
    return int(text)


def amount(text: str, option: str) -> Decimal:
    """An exact amount of money."""
    from minutebook import money

    return money.parse_amount(text, option)


def listed(texts: list[str]) -> list[str]:
    """Words that are said several times or by commas, each once."""
    return list(dict.fromkeys(word.strip() for text in texts for word in text.split(",")))


def pairs(
    texts: list[str], option: str, example: str = "prefix=Code", *, commas: bool = False
) -> dict[str, str]:
    """`ours=theirs`, several times or by commas; `commas`: theirs may have them, where no `=` follows."""
    found: dict[str, str] = {}
    for text in texts:
        for pair in re.split(r",(?=[^,]*=)" if commas else ",", text):
            ours, equals, theirs = pair.partition("=")
            if not equals or not ours.strip() or not theirs.strip():
                raise InputError(
                    f"{option} {pair!r} is not two words and = between, as in {example}"
                )
            found[ours.strip()] = theirs.strip()
    return found
