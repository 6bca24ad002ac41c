"""Amounts, and the only rounding in the program (docs/rules/cost.md, "Rounding" and "Exactness").

Amounts are `Decimal` at the edges and integers inside: an amount is counted in units of
10⁻¹⁰ (`SCALE` decimals, the ledger's), and what is not yet rounded, seconds·rate/60, in units
of 10⁻¹⁰/60 (`NUMERATOR_UNITS` a currency unit), in which every such product is a whole number.
No float ever holds an amount.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

SCALE = 10
"""Decimals that the ledger keeps."""
UNITS = 10**SCALE
"""Integer units in one unit of currency."""
AMOUNT_LIMIT = 10**18
"""Every amount is below it: the ledger takes none that is not."""
PRICE_LIMIT = 10**8
"""Prices and fees are below it: they fit in 64 bits at ten decimals."""
NUMERATOR_UNITS = 60 * UNITS
"""Integer units of an unrounded sum of seconds·(rate a minute), in one unit of currency."""

_EXACT = Context(prec=60)
_AMOUNT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF XDR XSU XTS XUA",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN "
        "BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD "
        "FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW "
        "KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR "
        "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG "
        "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD "
        "USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""ISO 4217's currencies by the decimals of their minor unit, 0 where there is none; metals left out."""
_WITHDRAWN = "ANG BGN CUC HRK SLL ZWL"
"""Those of the last years, two decimals each: calls of earlier months are billed in them."""

MINOR_DIGITS: dict[str, int] = {
    code: digits for digits, codes in [*_CODES.items(), (2, _WITHDRAWN)] for code in codes.split()
}
"""Each currency's code, and how many decimals its minor unit is away: 2 for cents and pence
(docs/rules/cards.md, "Currency of a card").
"""


class Method(StrEnum):
    """How a cost is rounded; `up` and `down` are away from and toward zero."""

    UP = "up"
    DOWN = "down"
    HALF_UP = "half_up"
    HALF_DOWN = "half_down"
    HALF_EVEN = "half_even"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rounding:
    """A method and the number of decimals kept; `none` keeps the ledger's ten, half-even."""

    method: Method = Method.UP
    precision: int = 4

    def __post_init__(self) -> None:
        if not 0 <= self.precision <= SCALE:
            raise InputError(f"rounding precision {self.precision} is not between 0 and {SCALE}")

    @property
    def decimals(self) -> int:
        """The decimals that are kept."""
        return SCALE if self.method is Method.NONE else self.precision

    @property
    def unit(self) -> int:
        """The step of the rounded amounts, in numerator units."""
        return 60 * int(10 ** (SCALE - self.decimals))

    @property
    def effective_method(self) -> Method:
        """The method by which it is done: `none` is half-even."""
        return Method.HALF_EVEN if self.method is Method.NONE else self.method

    def of(self, amount: Fraction | Decimal | int) -> Decimal:
        """The amount, rounded once (docs/rules/cost.md, "Rounding")."""
        numerator = Fraction(amount) * NUMERATOR_UNITS
        step = Fraction(self.unit)
        return decimal_of_units(
            _round_ratio(numerator / step, self.effective_method) * self.unit // 60
        )

    def of_numerator(self, numerator: int) -> Decimal:
        """An unrounded sum in numerator units, rounded once."""
        return self.of(Fraction(numerator, NUMERATOR_UNITS))


def _round_ratio(value: Fraction, method: Method) -> int:
    """The integer that `value` rounds to."""
    magnitude = abs(value)
    whole, rest = divmod(magnitude.numerator, magnitude.denominator)
    if _goes_up(whole, rest, magnitude.denominator, method):
        whole += 1
    return -whole if value < 0 else whole


def _goes_up(whole: int, rest: int, unit: int, method: Method) -> bool:
    match method:
        case Method.UP:
            return rest > 0
        case Method.DOWN:
            return False
        case Method.HALF_UP:
            return 2 * rest >= unit
        case Method.HALF_DOWN:
            return 2 * rest > unit
        case _:
            return 2 * rest > unit or (2 * rest == unit and whole % 2 == 1)


def rounded_units(numerator: pl.Expr, unit: int | pl.Expr, method: Method) -> pl.Expr:
    """`numerator` (≥ 0, integer numerator units) rounded to multiples of `unit`, in `UNITS`.

    The vectorised twin of `Rounding.of_numerator`; `unit` is `Rounding.unit`, alike for all rows
    or a column of them. The same integer type comes back.
    """
    whole = numerator // unit
    rest = numerator - whole * unit
    match method:
        case Method.UP:
            whole = whole + (rest > 0)
        case Method.HALF_UP:
            whole = whole + (2 * rest >= unit)
        case Method.HALF_DOWN:
            whole = whole + (2 * rest > unit)
        case Method.HALF_EVEN | Method.NONE:
            whole = whole + ((2 * rest > unit) | ((2 * rest == unit) & (whole % 2 == 1)))
        case Method.DOWN:
            pass
    return whole * (unit // 60)


def amounts(count: pl.Expr) -> pl.Expr:
    """A column of integer units of 10⁻¹⁰ as exact Decimal(38, 10)."""
    import polars as pl

    unit = pl.lit(Decimal(1).scaleb(-SCALE), pl.Decimal(38, SCALE))
    return count.cast(pl.Decimal(38, 0)) * unit


def converted_units(count: pl.Expr, rate: Fraction) -> pl.Expr:
    """A column of units ≥ 0 (Int128) in another currency, half-even to whole units
    (docs/rules/margin.md, "Rates of exchange").
    """
    import polars as pl

    if rate == 1:
        return count
    part, whole = count * pl.lit(rate.numerator, pl.Int128), pl.lit(rate.denominator, pl.Int128)
    cut = part // whole
    rest = 2 * (part - cut * whole)
    return cut + ((rest > whole) | ((rest == whole) & (cut % 2 == 1))).cast(pl.Int128)


def parse_amount(text: object, what: str = "amount") -> Decimal:
    """A decimal number written with digits, exact to `SCALE` decimals.

    Floats, thousands commas, exponents and more than ten decimals raise `InputError`.
    """
    written = repr(text) if isinstance(text, str) else str(text)
    if isinstance(text, Decimal):
        value = text
    elif isinstance(text, int) and not isinstance(text, bool):
        value = Decimal(text)
    elif isinstance(text, str) and _AMOUNT.fullmatch(text.strip()):
        value = Decimal(text.strip())
    else:
        hint = (
            "; write it in quotes, as digits"
            if isinstance(text, float)
            else "; write digits, as in 12.5"
        )
        if isinstance(text, str) and "," in text:
            hint = (
                "; write a point before the decimals and nothing between thousands, as in 1250.00"
            )
        raise InputError(f"{what} {written} is not an exact number{hint}")
    if not value.is_finite() or abs(value) >= AMOUNT_LIMIT:
        raise InputError(f"{what} {written} is out of range")
    if value != _EXACT.quantize(value, Decimal(1).scaleb(-SCALE)):
        raise InputError(f"{what} {written} has more than {SCALE} decimals")
    return value


def parse_price(text: object, what: str = "price") -> Decimal:
    """As `parse_amount`, not negative, and below `PRICE_LIMIT` (docs/rules/cost.md, "Exactness")."""
    value = parse_amount(text, what)
    if value >= PRICE_LIMIT:
        raise InputError(f"{what} {text!r} is out of range; it must be below {PRICE_LIMIT:,}")
    if value < 0:
        raise InputError(f"{what} {text!r} is negative; write 0 or more")
    return value


def parse_seconds_ms(text: object, what: str) -> int:
    """Milliseconds from seconds in digits, 0 or more; `InputError` where they are finer than these."""
    ms = parse_price(text, what) * 1000
    if ms != int(ms):
        raise InputError(f"{what} is finer than a millisecond; write three decimals at most")
    return int(ms)


def currency(code: str) -> str:
    """A currency's code, as ISO 4217 has it; `InputError` where it is none."""
    if code not in MINOR_DIGITS:
        known = code.upper() in MINOR_DIGITS
        near = f" (did you mean {code.upper()}?)" if known else ""
        raise InputError(
            f"currency {code!r} is none of ISO 4217{near}; write its three capital letters, as in USD"
        )
    return code


def half_minor(code: str) -> Decimal:
    """Half of the smallest amount that can be paid in a currency: 0.005 of a dollar, 0.5 of a yen."""
    return Decimal(5).scaleb(-1 - MINOR_DIGITS.get(code, SCALE - 1))


def in_minor(amount: Fraction | Decimal, code: str) -> Decimal:
    """An amount rounded to the smallest that can be paid in its currency, halves away from nought."""
    return Rounding(Method.HALF_UP, MINOR_DIGITS.get(code, SCALE)).of(amount)


def payable_text(amount: Decimal | Fraction, code: str) -> str:
    """An amount rounded to the smallest that can be paid in its currency, halves up, with all decimals of that
    (docs/rules/capacity.md, "Pages for a customer").
    """
    return text(in_minor(amount, code), MINOR_DIGITS.get(code, SCALE))


def units(amount: Decimal) -> int:
    """An amount in integer units of 10⁻¹⁰."""
    return int(_EXACT.scaleb(amount, SCALE))


def decimal_of_units(count: int) -> Decimal:
    """The amount that `count` units of 10⁻¹⁰ are."""
    return _EXACT.scaleb(Decimal(count), -SCALE)


def shared(total: int, weights: Sequence[int]) -> list[int]:
    """A whole number, shared in proportion to weights (≥ 0), each share whole; together they are `total`.

    Shares are cut to whole numbers, and what is left goes to those that were cut most, the earlier of
    equals first (docs/rules/margin.md, "Shares"). Without a weight above 0 all are alike.
    """
    if not any(weights):
        weights = [1] * len(weights)
    whole, sign = sum(weights), -1 if total < 0 else 1
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    left = abs(total) - sum(share for share, _ in parts)
    cut_most = sorted(range(len(parts)), key=lambda n: -parts[n][1])[:left]
    extra = dict.fromkeys(cut_most, 1)
    return [sign * (share + extra.get(n, 0)) for n, (share, _) in enumerate(parts)]


def text(amount: Decimal, places: int = 2) -> str:
    """Plain digits for people and JSON: no exponent, at least `places` decimals, no more zeros."""
    whole, _, decimals = f"{amount:f}".partition(".")
    if not amount:
        whole = "0"
    decimals = decimals.rstrip("0").ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole
