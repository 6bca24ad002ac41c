"""What people did, each in a line."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.cards.revision import ALWAYS
from minutebook.days import instant_text
from minutebook.words import counted

if TYPE_CHECKING:
    from minutebook.ledger.deeds import Deed

_CHOSEN = ("call_id", "source", "server", "leg", "of_account", "from", "to", "file", "accept")
"""What a correction chose calls by; the rest of what it said is what became of them."""


_ORDERS = {"live_at": "live from", "withdrawn_at": "withdrawn from"}


def deed_words(deed: Deed) -> str:
    """What was done, in a line; why and by whom stand beside it."""
    said = deed.said
    match deed.kind:
        case "payment" | "paid" | "refund" | "reversal" | "adjustment":
            amount = f"{money.text(Decimal(said['amount']))} {said['currency']}"
            of = f"of {said['reference']}" if deed.kind == "reversal" else said["reference"]
            return f"{deed.kind} {of} of {deed.name}: {amount} on {said['day']}"
        case "correction" | "rematch":
            return f"{deed.kind} {deed.name}: {_corrected(said)}"
        case "import" | "import undo":
            return _import(deed)
        case "undo":
            return f"correction {deed.name}: takes back correction {said['undoes']}"
        case "close" | "reopen":
            return f"month {deed.name} {'closed' if deed.kind == 'close' else 'opened again'}"
        case "status":
            return f"{deed.name} {said['status']} from {said['day']}"
        case "run":
            return _run(deed.name, said)
        case "pass":
            amounts = [
                f"{what} of {money.text(Decimal(said[what]))} {said['currency']}"
                for what in ("charges", "refunds")
                if Decimal(said[what])
            ]
            return f"what run {said['run']} parked of {deed.name} may pass: {', '.join(amounts)}"
        case "hold":
            return f"what run {said['run']} parked of {deed.name} may not pass after all"
        case "key" | "user" | "quarantine" | "webhook":
            return _kept(deed)
        case "adopt" | "backup" | "restore":
            return _book(deed)
        case _:
            return f"{deed.kind} {deed.name}: {_declared(said['before'], said['after'])}"


def _kept(deed: Deed) -> str:
    """What is kept with the declarations, and is none."""
    after = deed.said["after"]
    if deed.kind == "key":
        role = "" if after is None else f", to ask as {after['role']}"
        if after is not None and "may" in after:
            role += f", and of what that may only: {', '.join(after['may'])}"
        return f"key {deed.name} {'revoked' if after is None else 'made'}{role}"
    if deed.kind == "user":
        return f"user {deed.name}{_of_user(deed.said['before'], after)}"
    if deed.kind == "webhook":
        before = deed.said["before"]
        done = "removed" if after is None else "added" if before is None else "given another secret"
        return f"webhook {deed.name} {done}, {(after or before)['url']}"
    done = "discarded" if deed.name == "discard" else "wait again that were discarded"
    return f"{counted(after['records'], 'record')} in quarantine {done}"


def _of_user(before: dict[str, Any] | None, after: dict[str, Any]) -> str:
    """What became of a user; what proves a user is never told."""
    if before is None:
        return f" made, to ask as {after['role']}"
    if before == after:
        return " proves it by another password or second factor"
    if before["disabled"] != after["disabled"]:
        return " disabled" if after["disabled"] else " enabled"
    return f": {_declared(before, after)}"


def _book(deed: Deed) -> str:
    said = deed.said
    if deed.kind == "adopt":
        what = "first written to from" if said["first"] else "adopted by"
        return f"book {what} {deed.name} on {said['host']}"
    done = "backed up into" if deed.kind == "backup" else "made of the backup"
    of = f"lake version {said['lake_version']} of {said['taken_at']} UTC"
    return f"book {done} {deed.name} on {said['host']}, {of}"


def _import(deed: Deed) -> str:
    said = deed.said
    if deed.kind == "import":
        files = ", ".join(said["files"])
        return f"import {deed.name[:12]}: {counted(said['added'], 'call')} from {files}"
    calls = counted(said["calls"], "call")
    return f"correction {deed.name}: import {said['import']} taken back, {calls}"


def _corrected(said: dict[str, Any]) -> str:
    calls, asked = counted(said["calls"], "call"), said["said"]
    chosen = [f"{key} {asked[key]}" for key in _CHOSEN if asked.get(key)]
    becomes = [
        _becomes(key, value)
        for key, value in asked.items()
        if key not in (*_CHOSEN, "rematch") and value is not None
    ]
    return ", ".join(part for part in (calls, " ".join(chosen), " ".join(becomes)) if part)


def _becomes(key: str, value: Any) -> str:
    if value is True:
        return key
    if key in ("duration_ms", "cap_ms"):
        most = " at most" if key == "cap_ms" else ""
        return f"lasting {money.text(Decimal(value) / 1000, 0)} s{most}"
    return f"{key} {value}"


def _run(number: str, said: dict[str, Any]) -> str:
    summary = said["summary"]
    total = ", ".join(f"{amount} {code}" for code, amount in summary.get("total", {}).items())
    posted = counted(summary.get("postings", 0), "posting")
    aside = ", ".join(one["account"] for one in summary.get("set_aside", []))
    left = f"; set aside: {aside}" if aside else ""
    return f"run {number} through {said['through']}: {posted}{': ' if total else ''}{total}{left}"


def _declared(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    """What of a declaration is new; lists and tables by the names of what changed in them."""
    if after is None:
        return "taken back"
    now = after
    if before is None:
        told = [f"{key} {now[key]}" for key in ("revision", "file") if key in now]
        live = [f"live from {_instant(now['live_at'])}"] if "live_at" in now else []
        return ", ".join([" ".join(["new", *told]), *live])
    parts = []
    for key in dict.fromkeys([*now, *before]):
        was, is_now = before.get(key), now.get(key)
        if was == is_now or (key in ("reason", "live_at") and key not in now):
            continue
        if key in _ORDERS and isinstance(is_now, str):
            parts.append(f"{_ORDERS[key]} {_instant(is_now)}")
        elif key == "terms":
            parts += [_term(term) for term in is_now or () if term not in (was or ())]
        elif isinstance(was, list | dict) or isinstance(is_now, list | dict):
            parts.append(f"{key} changed")
        elif was is None:
            parts.append(f"{key} {is_now}")
        elif is_now is None:
            parts.append(f"{key} {was} no longer")
        else:
            parts.append(f"{key} {is_now} instead of {was}")
    if "live_at" in now or "withdrawn_at" in now:
        parts.insert(0, f"revision {now['revision']}")
    return ", ".join(dict.fromkeys(parts)) or "the same again"


def _instant(text: str) -> str:
    at = datetime.fromisoformat(text)
    return "always" if at == ALWAYS else instant_text(at)


def _term(term: dict[str, Any]) -> str:
    channels = term.get("channels")
    bought = "" if channels is None else f", {counted(channels, 'channel')}"
    return f"{term['plan']}{bought} from {term['from']}"
