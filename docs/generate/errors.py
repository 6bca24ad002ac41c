"""Errors: every message with an input that provokes it, from the cases that the tests run."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from tests.errors import cases, sites

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
# Errors

For everybody who was told that something is wrong: each message, with an input that provokes it. Look for some words of yours with the
search of your browser. The tests run every example on this page. It is written by `make docs`; do not edit it.

- An error is one line on standard error: `minutebook: FILE:LINE: what is wrong; what to do`. What to do stands behind the semicolon.
- The exit status is 2, and nothing was done: no file of several, no row of many was taken.
- The library raises `InputError`, `DatabaseError` or `LedgerError` with the same message, in words of its own where the command's would
  not help.
- A record that cannot be understood is no error but waits in [quarantine](../engineer/quarantine.md).
- A word that is misspelt is answered by the known one that is nearest: `did you mean …?`
- Full disks, other users' files and databases that do not start: [Trouble](../administrator/trouble.md).

The examples are of a book that declares this, has the card `a-z`, is billed through 2026-10-30, and has September closed:

"""

CLAIMED = """
## Disks, processes and databases that fail

No short example shows these, so a test of its own makes each of them, on a real database and real files. `…` stands for what is filled in.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, _block("toml", cases.BOOK)]
    for file in cases.FILES:
        parts.append(f"\n## {_title(file)}\n")
        parts += [_shown(case) for case in cases.load(file)]
    parts.append(CLAIMED)
    parts += [
        f"\n{claim.when}\n\n{_block('text', f'minutebook: {claim.message}')}"
        for claim in sorted(sites.claims(), key=lambda claim: claim.site)
    ]
    return "".join(parts)


def _title(file: Path) -> str:
    title: str = tomllib.loads(file.read_text("utf-8"))["title"]
    return title


def _shown(case: cases.Case) -> str:
    lines = [f"\n{case.why}\n"] if case.why else []
    for name, text in case.files.items():
        lines.append(
            f"\n`{name}`:\n\n{_block('text', text)}" if text else f"\n`{name}` is empty.\n"
        )
    for name, digits in case.bytes.items():
        lines.append(
            f"\n`{name}` of {len(digits) // 2} bytes: `{digits}`\n"
            if digits
            else f"\n`{name}` is empty.\n"
        )
    for name, said in case.made.items():
        lines.append(f"\n`{name}`, made by `{said}`\n")
    if case.packages:
        lines.append(f"\nThe package of the folder `{case.packages}` is installed.\n")
    if case.python:
        typed = [f">>> {text}" for text in (case.uses, case.python) if text]
        lines.append(f"\n{_block('text', chr(10).join([*typed, case.says]))}")
    else:
        commands = [f"$ minutebook {command}\n" for command in (*case.before, case.run)]
        lines.append(f"\n{_block('text', ''.join(commands) + case.says)}")
    return "".join(lines)


def _block(language: str, text: str) -> str:
    end = chr(10)
    return f"```{language}{end}{text.rstrip(end)}{end}```{end}"
