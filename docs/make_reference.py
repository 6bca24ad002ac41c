"""Write docs/reference/commands.md from the program's own help.

python docs/make_reference.py           writes the page
python docs/make_reference.py --check   status 1 where the page is not what the help says
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path

PAGE = Path(__file__).parent / "reference" / "commands.md"

HEAD = """\
# Commands

For everybody who types commands or writes scripts: every command and option, as `minutebook COMMAND --help` prints it. This page is
written by `make docs`; do not edit it. What commands print in JSON is in [json.md](json.md), what an apply file may say in
[apply.md](apply.md).

`--book` and `--format` may stand anywhere on the line. Days are UTC days, `2026-10-01`. Instants are RFC 3339,
`2026-10-01T12:00:00Z` or with another offset; a date alone is its first instant in UTC. Amounts are digits with a point,
`250.00`, in the account's currency. Results go to standard output, everything else to standard error.

| exit status | meaning |
|---|---|
| 0 | done |
| 1 | done, and something needs a person: records in quarantine under `import --strict`, a difference found by `verify` |
| 2 | nothing was done: the input or the words were wrong; or `price` found no price |
| 130 | stopped by Ctrl-C |

| environment | meaning |
|---|---|
| `MINUTEBOOK` | the book, where `--book` is left out |
| `MINUTEBOOK_DEBUG` | set: show the traceback of an unforeseen error |

"""


def commands() -> list[tuple[str, ...]]:
    """The words of every command, groups included, in the order of the help; () is the program."""
    from minutebook.cli.app import build

    root = build().__self__  # type: ignore[attr-defined]
    found: list[tuple[str, ...]] = [()]
    for name, command in root.commands.items():
        found.append((name,))
        found += [(name, sub) for sub in getattr(command, "commands", {})]
    return found


def help_of(words: tuple[str, ...]) -> str:
    """What `minutebook WORDS --help` prints, 78 columns wide."""
    from minutebook.cli import run

    os.environ["COLUMNS"] = "80"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        run([*words, "--help"])
    return "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())


def page() -> str:
    """The whole page."""
    every = commands()
    helps = {words: help_of(words) for words in every}
    links = [f"[`{' '.join(words)}`](#minutebook-{'-'.join(words)})" for words in every if words]
    parts = [HEAD, " · ".join(links), "\n"]
    for words in every:
        parts.append(f"\n## {' '.join(('minutebook', *words))}\n\n```text\n{helps[words]}\n```\n")
    return "".join(parts)


def main() -> None:
    """Write the page, or check it."""
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            sys.exit(f"{PAGE.name} is not what the help says; run: make docs")
        return
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
