"""What a heading says beside its name: a currency, cents, a minute, a second, a call
(docs/rules/cards.md, "Units of a deck").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from minutebook.cards.deck_words import words
from minutebook.money import MINOR_DIGITS

_SIGNS = {
    "$": "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD"
    " TTD TWD UYU XCD",
    "€": "EUR", "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP", "¥": "JPY CNY", "₹": "INR", "₽": "RUB", "₺": "TRY",
    "₴": "UAH", "₪": "ILS", "₩": "KRW", "₦": "NGN", "₫": "VND", "₱": "PHP", "฿": "THB", "zł": "PLN",
}  # fmt: skip
_DOLLAR = {
    "US": "USD", "C": "CAD", "CA": "CAD", "A": "AUD", "AU": "AUD", "NZ": "NZD", "HK": "HKD", "S": "SGD",
    "R": "BRL", "MX": "MXN",
}  # fmt: skip
_DOLLARS = re.compile(rf"\b({'|'.join(_DOLLAR)})\$", re.IGNORECASE)
_WORDS = {
    "dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "pound": "£", "pounds": "£", "sterling": "£",
    "yen": "¥", "pence": "£", "penny": "£", "p": "£", "ppm": "£", "eurocent": "€", "eurocents": "€", "zl": "zł",
}  # fmt: skip
_MINOR = words(
    "cent cents ct cts c pence penny p ppm cpm eurocent eurocents centime centimes centavo centavos centimo"
    " centimos centesimi centesimo kopeks kopecks grosz groszy"
)
"""A hundredth of the currency."""
_MINOR_CODES = {"GBp": "GBP", "GBX": "GBP", "GBx": "GBP", "USc": "USD", "EUc": "EUR", "ZAc": "ZAR"}
"""Codes of a hundredth, by their letters as they are written."""
_ONLY_IN_BRACKETS = frozenset(("c", "p"))
_PER_MINUTE = frozenset(("ppm", "cpm"))
_UNITS = {
    **dict.fromkeys(words("min mins minute minutes minuten minuto minutos minuti minuut dakika 分钟 мин минуту минута"), "minute"),
    **dict.fromkeys(words("s sec secs second seconds sek sekunde sekunden segundo segundos seconde secondes secondo"
                    " secondi saniye 秒 сек секунду секунда"), "second"),
    **dict.fromkeys(words("call calls anruf llamada appel chiamata chamada звонок connection attempt"), "call"),
    **dict.fromkeys(words("hour hours h day month kb mb sms message msg"), "?"),
}  # fmt: skip
_PER = re.compile(
    r"(/|\b(?:per|pro|por|par|je|за|al|a)\b)\s*(?:(\d+)\s*)?([^\W\d_]+)", re.IGNORECASE
)
USUAL_CODES = words(
    "usd eur gbp chf cad aud nzd sgd hkd jpy cny inr rub brl mxn zar sek nok dkk pln czk huf ron aed"
)
"""Codes that are no word of another meaning, and so are seen anywhere and in small letters."""

UNIT_WORDS = frozenset(
    (*_WORDS, *_MINOR, *_UNITS, *USUAL_CODES, "gbx", "usc", "percent", "pct", "ms")
)
"""Small words of currencies, of their hundredths and of what a price is for."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading, taken apart.

    `name`: its letters and digits without currency and unit, small; `plain`: with them.
    `currencies`: those that it may mean, `$` being the sign of many; empty where it says none.
    `minor`: in hundredths. `per`: "minute", "second", "call", "" for none said, "?" for another.
    `seconds`: how many, where it counts several. `unread`: words in brackets that mean none of these.
    """

    text: str
    name: str
    plain: str
    currencies: frozenset[str]
    minor: bool
    per: str
    seconds: int
    unread: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Heading:
        """A heading taken apart; never refused here."""
        said = _Said(set())
        bare = unaccented(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)).replace("_", " ")
        within = " ".join(re.findall(r"[(\[{](.*?)[)\]}]", bare))
        outside = re.sub(r"[(\[{].*?[)\]}]", " ", bare)
        rest = said.left_of(outside, bracket=False)
        unread = [word for word in said.left_of(within, bracket=True) if not said.unit(word)]
        name = "".join(word for word in rest if word not in ("in", "en"))
        plain = "".join(re.findall(r"[^\W_]+", bare.lower()))
        return cls(
            text, name, plain, frozenset(said.currencies), said.minor, said.per, said.seconds,
            tuple(unread),
        )  # fmt: skip


def unaccented(text: str) -> str:
    """Without accents and other marks: préfixe is prefixe."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


@dataclass(slots=True)
class _Said:
    """What a heading has said so far."""

    currencies: set[str]
    minor: bool = False
    per: str = ""
    seconds: int = 1

    def left_of(self, text: str, *, bracket: bool) -> list[str]:
        """The words, small, that are left once currencies and units are taken out."""
        text = _DOLLARS.sub(lambda match: _DOLLAR[match[1].upper()], text)
        for sign, codes in _SIGNS.items():
            if not sign.isalpha() and sign in text:
                self._currency(codes)
                text = text.replace(sign, " ")
        if "¢" in text:
            self.minor, text = True, text.replace("¢", " ")
        text = _PER.sub(self._per, text)
        capitals = text.isupper() and not bracket  # RATE ALL: no word is a code for its capitals
        found = re.findall(r"[^\W_]+", text)
        return [w.lower() for w in found if not self._took(w, capitals=capitals, bracket=bracket)]

    def unit(self, word: str) -> bool:
        """Whether a word alone, as in `(min)`, says what a price is for, and nothing else has."""
        found = _UNITS.get(word)
        if found and self.per in ("", found):
            self.per = found
            return True
        return word.isdigit() and int(word) == 1

    def _took(self, word: str, *, capitals: bool, bracket: bool) -> bool:
        if word in _MINOR_CODES:
            self._currency(_MINOR_CODES[word])
            self.minor = True
            return True
        small = word.lower()
        code = small.upper() in MINOR_DIGITS
        if code and (small in USUAL_CODES or bracket or (word.isupper() and not capitals)):
            self._currency(small.upper())
            return True
        if small in _ONLY_IN_BRACKETS and not bracket:
            return False
        sign = _WORDS.get(small)
        if sign:
            self._currency(_SIGNS[sign])
        if small in _PER_MINUTE:
            self.per = "minute"
        self.minor = self.minor or small in _MINOR
        return sign is not None or small in _MINOR

    def _per(self, match: re.Match[str]) -> str:
        before, count, word = match.groups()
        unit = _UNITS.get(word.lower())
        if unit is None and (before.lower() != "per" or count):
            return match[0]
        if self.per or unit is None or (count and unit != "second" and int(count) != 1):
            self.per = "?"
        else:
            self.per, self.seconds = unit, int(count or 1)
        return " "

    def _currency(self, codes: str) -> None:
        """`$` and CAD are one currency; USD and EUR leave a question."""
        found = set(codes.split())
        both = self.currencies & found if self.currencies else found
        self.currencies, self.per = both or found, self.per if both else "?"
