"""Commands: what each prints as its help."""

from __future__ import annotations

import contextlib
import io
import os

HEAD = """\
# Commands

For everybody who types commands or writes scripts: every command and option, as `minutebook COMMAND --help` prints it. This page is
written by `make docs`; do not edit it. What commands print in JSON is in [json.md](json.md), what an apply file may say in
[apply.md](apply.md).

`--book`, `--format`, `--columns`, `--wide` and `--no-pager` may stand anywhere on the line. Days are UTC days, `2026-10-01`. Instants are RFC 3339,
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
| `COLUMNS` | how many characters a line may have, on a pipe too; left out: as the terminal has, and on a pipe no limit |
| `PAGER`, `LESS` | what shows long tables on a terminal, and how; left out: `less`, with `FRX` |

## Reading tables

**No line is wider than the terminal.** A table that is too wide folds its headings, then its texts. If that is not enough, columns are
left out: the help of each command says which go first; then the others go, from the right, and the first column stays. A note under
the table says which are missing. A number or a date is never broken. On a pipe nothing is folded or left out.

| to see | say |
|---|---|
| every column, however narrow the terminal | `--wide` |
| some columns, in your order, also of CSV | `--columns date,total,balance`; the names are those of CSV and JSON |
| a long table at once, not page by page | `--no-pager` |

**Amounts have one precision.** All amounts of a result, in its tables and in the sentences under them, are shown with as many decimals
as one of them needs: beside 24.9522 stands 0.0000. JSON and CSV have each amount as it is.

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

    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        run([*words, "--help"])
    del os.environ["COLUMNS"]
    if before is not None:
        os.environ["COLUMNS"] = before
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
