"""A card's prices as an open interconnect rate card in JSON ("Interconnect Made Easy" 1.0), which is read again.

What that format lacks stands in fields of ours beside its own, and the card's bands under `minutebook`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from minutebook.words import harmless_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

_TEXTS: Final = (
    "prefix",
    "name",
    "status",
    "steps",
    "rounding",
    "duration_rounding",
    "pulse_anchor",
)
_THEIR_NAMES: Final = {
    "connect_fee": "connection_fee",
    "effective": "effective_date",
    "end": "end_date",
}
_ALWAYS: Final = ("prefix", "name", "rate")
_CHARGED: Final = ("up", "down", "half_up", "half_down")
"""Roundings that the format has for a whole card."""


def deck_json(
    rows: Sequence[Mapping[str, Any]],
    *,
    card: str,
    currency: str,
    version: int,
    on: date,
    bands: Mapping[str, Any] | None,
) -> str:
    """The rows of `deck_rows` as a rate card: numbers are the decimals that they are."""
    said = list(map(_parted, rows))
    charge = _charge(said)
    names = [key for key in dict.fromkeys(key for row in said for key in row) if key != "currency"]
    if charge is not None:
        names = [key for key in names if key not in ("rounding", "precision")]
    names = [
        key
        for key in names
        if key in _ALWAYS or any(row.get(key) not in (None, "") for row in said)
    ]
    fields = [{"name": _THEIR_NAMES.get(key, key)} for key in names]
    decimals = max((len(str(row["rate"] or "").partition(".")[2]) for row in said), default=0)
    table = {
        "name": card,
        "type": "termination",
        "direction": "outbound",
        "currency": currency,
        "endpoint": "default",
        "rate": {"precision": decimals},
        **({} if charge is None else {"charge": charge}),
        **({} if bands is None else {"minutebook": {"bands": bands}}),
        "fields": fields,
        "rates": [],
    }
    document = {
        "name": card,
        "schema_version": "1.0.0",
        "version": f"{version}.0",
        "date": on.isoformat(),
        "cards": {card: table},
    }
    lines = [", ".join(_value(key, row.get(key)) for key in names) for row in said]
    rates = ",\n".join(f"        [{line}]" for line in lines)
    head, empty, tail = json.dumps(document, ensure_ascii=False, indent=2).rpartition("[]")
    found = f"{head}[\n{rates}\n      ]{tail}\n" if lines else f"{head}{empty}{tail}\n"
    return harmless_json(found)


def _parted(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its increment in two fields."""
    found: dict[str, Any] = {}
    for key, cell in row.items():
        if key == "increment":
            first, slash, following = str(cell or "").rpartition("/")
            found["initial_interval"] = first if slash else row["minimum"]
            found["billing_interval"] = following or None
        elif key != "minimum":
            found[key] = cell
    return found


def _charge(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The rounding of all rows, where they have one that the format knows."""
    found = {(row["rounding"], row["precision"]) for row in rows}
    method, digits = found.pop() if len(found) == 1 else (None, None)
    if method not in _CHARGED or digits is None:
        return None
    return {"precision": int(digits), "rounding": str(method)}


def _value(key: str, cell: Any) -> str:
    if cell is None or cell == "":
        return "null"
    if key in _TEXTS or key in _THEIR_NAMES.keys() - {"connect_fee"}:
        return json.dumps(str(cell), ensure_ascii=False)
    return str(cell)
