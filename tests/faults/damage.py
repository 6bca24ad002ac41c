"""Flipped bits, zeroed bytes and cuts, in what is taken in and in what the book keeps."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from tests.faults.stage import Stage, figures, holds, one_line, proved, said, same

from minutebook import settings

if TYPE_CHECKING:
    import random
    from pathlib import Path


def hurt(content: bytes, chance: random.Random) -> bytes:
    """Some bytes with a fault in them."""
    if not content:
        return b"\0"
    at = chance.randrange(len(content))
    match chance.randrange(5):
        case 0:
            return content[:at]
        case 1:
            return (
                content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
            )
        case 2:
            length = chance.randrange(1, 64)
            return content[:at] + bytes(length) + content[at + length :]
        case 3:
            return content[:at] + chance.randbytes(chance.randrange(1, 16)) + content[at:]
    return content + content[at:]


def records(stage: Stage, chance: random.Random) -> str:
    """A damaged file of calls is read or refused; taken in twice it counts the same, and adds nothing more."""
    book = stage.at(2)
    source = stage.files / chance.choice(["a.csv", "b.csv", "c.csv"])
    file = stage.path("hurt").with_suffix(".csv")
    file.write_bytes(hurt(source.read_bytes(), chance))
    first = one_line(said(book, "import", "minutebook", str(file)))
    now = figures(book)
    again = one_line(said(book, "import", "minutebook", str(file)))
    holds((first.status == 2) == (again.status == 2), first.err, again.err)
    if first.status < 2:
        one, two = json.loads(first.out), json.loads(again.out)
        for each in (one, two):
            holds(each["read"] == each["added"] + each["duplicates"] + each["quarantined"], each)
        holds((two["read"], two["added"]) == (one["read"], 0), one, two)
    same(book, now)
    said(book, "bill", "--through", "2026-10-31")
    proved(book)
    stage.drop(book)
    return "refused" if first.status == 2 else "held"


def decks(stage: Stage, chance: random.Random) -> str:
    """A damaged deck is believed as a whole, or refused as a whole."""
    book = stage.at(5)
    file = stage.path("hurt").with_suffix(".csv")
    file.write_bytes(hurt((stage.files / "deck1.csv").read_bytes(), chance))
    ran = one_line(said(book, "card", "import", "a-z", str(file)))
    if ran.status == 2:
        same(book, stage.twin(5))
    proved(book)
    stage.drop(book)
    return "refused" if ran.status == 2 else "held"


def stores(stage: Stage, chance: random.Random) -> str:
    """A damaged file of the lake is named, or changes nothing: no figure is another, nothing is posted."""
    step = len(stage.story)
    book = stage.at(step)
    lake = settings.read(book).lake_folder
    kept = [p for p in lake.rglob("*") if p.is_file() and "locks" not in p.parts]
    file = chance.choice(sorted(kept))
    whole = file.read_bytes()
    hurt_ = hurt(whole, chance)
    if hurt_ == whole or not whole:
        return "held"
    apart = stage.path("apart")
    shutil.copytree(lake, apart)
    file.write_bytes(hurt_)
    ran = one_line(said(book, "bill", "--through", "2026-10-31"))
    holds(ran.status == 2 or '"postings": 0' in ran.out, file, "it posted:", ran.out)
    told = one_line(said(book, "verify"))
    place = file.relative_to(lake)
    if told.status == 0 and place.parts[0] != "quarantine":
        _unchanged(book, stage, step, place)
    shutil.rmtree(lake)
    shutil.move(apart, lake)
    said(book, "bill", "--through", "2026-10-31")
    same(book, stage.twin(step))
    proved(book)
    stage.drop(book)
    return "refused" if 2 in (ran.status, told.status) or told.status == 1 else "held"


def _unchanged(book: Path, stage: Stage, step: int, place: Path) -> None:
    try:
        same(book, stage.twin(step))
    except Exception as error:
        holds(False, place, "is damaged, verify is content, and", error)
