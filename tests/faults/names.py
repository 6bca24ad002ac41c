"""Names that are more than names: SQL, pages, formulas, control characters, pieces of paths."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from tests.carriers import Call, on, write_calls
from tests.faults.stage import CARRIER, Stage, figures, holds, one_line, proved, said

if TYPE_CHECKING:
    import random

NAMES = (
    "x'; drop table entry; --",
    'x"; delete from journal; --',
    "%s%(a)s{0}$1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://example.com")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3",
    "\x1b[31mred\x1b[0m",
    "a\tb\rc",
    "line\nbreak",
    "nul\x00byte",
    "\u202egnp.exe",
    "../../outside",
    "/etc/passwd",
    "..",
    "a/b\\c",
    "day=2026-10-01",
    " ",
    "é́ＡＢ",
    "n" * 3000,
)


def hostile(stage: Stage, chance: random.Random) -> str:
    """A name is refused in a line, or is a name and nothing more, wherever it stands."""
    name = chance.choice(NAMES)
    book = stage.at(2)
    outside = sorted(path.name for path in stage.folder.iterdir())
    quoted = json.dumps(name)
    text = f'\n[account.{quoted}]\nname = {quoted}\nplan = "flat"\nfrom = 2026-09-01\nmatch = [ {{ account_code = {quoted} }} ]\n'
    file = stage.path("hostile").with_suffix(".toml")
    file.write_text(CARRIER + text, "utf-8")
    applied = one_line(said(book, "apply", str(file)))
    others = [
        ("pay", "acme", "1.00", "--reference", name, "--at", "2026-09-02"),
        ("adjust", "acme", "1.00", "--reference", "r", "--on", "2026-09-02", "--reason", name),
        ("server", "deploy", name, "--account", "acme", "--on", "2026-09-02", "--force", name),
        ("card", "import", name, str(stage.files / "deck0.csv")),
        ("calls", name, "--month", "2026-10"),
        ("explain", name),
    ]
    others = [words for words in others if not any("\0" in word for word in words)]
    for words in others:
        one_line(said(book, *words))
    calls = [
        Call(name, "acme", at=on(1)),
        Call("n2", name, at=on(1, 13)),
        Call("n3", "acme", server=name, at=on(1, 14)),
    ]
    records = write_calls(stage.path("hostile").with_suffix(".csv"), calls)
    _named(stage, book, records, name)
    holds(said(book, "bill", "--through", "2026-10-31").status < 2, "bill")
    page = stage.path("page").with_suffix(".html")
    one_line(said(book, "review", "acme", "--month", "2026-10", "--report", str(page)))
    if page.exists() and "<" in name:
        holds(name not in page.read_text("utf-8"), "a page holds it as it is:", name)
    cells = said(
        book, "--format", "csv", "calls", "acme", "--month", "2026-10", "--columns", "call_id"
    ).out
    holds(not any(line.startswith(("=", "@", '"=', '"@')) for line in cells.splitlines()), cells)
    made = {path.name for path in stage.folder.iterdir()} - set(outside)
    holds(all(each.startswith(("hostile", "page", "named")) for each in made), made)
    figures(book)
    proved(book)
    stage.drop(book)
    return "held" if applied.status == 0 else "refused"


def _named(stage: Stage, book: object, records: object, name: str) -> None:
    """Take the records in from a file of that name, where there can be one."""
    from pathlib import Path

    folder = stage.path("named")
    folder.mkdir()
    plain = name.replace("/", "_").replace("\0", "_")[:200]
    file = folder / f"f{plain}.csv"
    shutil.copy(Path(str(records)), file)
    one_line(said(Path(str(book)), "import", "minutebook", str(file)))
