"""Commands: the text that `--help` prints, laid out as a page."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any

import typer
from docs.generate import file
from docs.generate.tables import table

from minutebook.cli.app import build

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
# Commands

For everybody who types commands or writes scripts: every command and option. The words are those of
`minutebook COMMAND --help`: this page is written by `make docs` from the same text; do not edit it. What commands
print in JSON is in [json.md](json.md), what an apply file may say in [apply.md](apply.md), what is said where something is wrong in [errors.md](errors.md).

`--book`, `--format`, `--columns`, `--wide` and `--no-pager` may stand anywhere on the line. Days are UTC days, `2026-10-01`. Instants are RFC 3339,
`2026-10-01T12:00:00Z` or with another offset; a date alone is its first instant in UTC. Amounts are digits with a point,
`250.00`, in the account's currency. Results go to standard output, everything else to standard error.

| exit status | meaning |
|---|---|
| 0 | done |
| 1 | done, and something needs a person: records in quarantine under `import --strict`, a difference found by `verify`, a result that could not be printed |
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
| some columns, in your order, also of CSV | `--columns date,total,balance`; the names are those of CSV and JSON. Of several tables each keeps its first column |
| a long table at once, not page by page | `--no-pager` |

**Amounts have one precision.** All amounts of a result, in its tables and in the sentences under them, are shown with as many decimals
as one of them needs: beside 24.9522 stands 0.0000. JSON and CSV have each amount as it is.

"""


@cache
def _root() -> Any:
    return build().__self__  # type: ignore[attr-defined]


def commands() -> list[tuple[str, ...]]:
    """The words of every command, groups included, in the order of the help; () is the program."""
    return list(_below((), _root()))


def _below(words: tuple[str, ...], command: Any) -> Iterator[tuple[str, ...]]:
    """The words of a command, and of all within it."""
    yield words
    for name, one in getattr(command, "commands", {}).items():
        yield from _below((*words, name), one)


def page() -> str:
    """The whole page."""
    every = commands()
    links = [f"[`{' '.join(words)}`](#minutebook-{'-'.join(words)})" for words in every if words]
    sections = [_section(words) for words in every]
    return "".join([HEAD, " · ".join(links), "\n", *sections])


def _section(words: tuple[str, ...]) -> str:
    """A command as its help has it: what it does, its arguments and options, its examples."""
    command = _root()
    for word in words:
        command = command.commands[word]
    called = " ".join(("minutebook", *words))
    context = typer.Context(command, info_name=called)
    usage = command.get_usage(context).removeprefix("Usage: ")
    parts = [f"\n## {called}\n", _block(" ".join(usage.split()))]
    parts += [_paragraph(text) for text in (command.help or "").strip().split("\n\n")]
    records = [parameter.get_help_record(context) for parameter in command.params]
    rows = [_row(*record) for record in records if record]
    if rows:
        parts.append("\n" + table(("argument or option", "default", "meaning"), rows))
    subcommands = getattr(command, "commands", {})
    if subcommands:
        rows = [
            (
                f"[`{name}`](#{'-'.join(('minutebook', *words, name))})",
                _marked(_first_sentence(sub.help)),
            )
            for name, sub in subcommands.items()
        ]
        parts.append("\n" + table(("command", "what it does"), rows))
    anchor = _json_anchors().get(" ".join(words))
    if anchor:
        parts.append(f"\nWhat it prints with `--format json`: [its keys](json.md#{anchor}).\n")
    return "".join(parts)


def _paragraph(text: str) -> str:
    """A paragraph of the help; examples as a block, columns as code."""
    if text.startswith("\b"):
        heading, *lines = text.removeprefix("\b").strip().splitlines()
        if not lines:
            return f"\n{_marked(heading)}\n"
        return f"\n{heading}\n" + _block(textwrap.dedent("\n".join(lines)))
    text = " ".join(text.split())
    if text.startswith("Columns: "):
        text = re.sub(r"(?<=[:,] )(\w+)(?=[,.])", r"`\1`", text)
    return f"\n{_marked(text)}\n"


def _marked(text: str) -> str:
    """Options as code: two hyphens would become a dash."""
    return re.sub(r"(?<![\w`-])--[a-z]+(?:-[a-z]+)*", r"`\g<0>`", text)


def _block(text: str) -> str:
    return f"\n```sh\n{text}\n```\n"


def _row(name: str, meaning: str) -> tuple[str, str, str]:
    """The default out of the brackets that the help ends with."""
    text, bracket, rest = meaning.rpartition("[")
    if not (bracket and rest.endswith("]")):
        text, rest = meaning, ""
    words = [word for word in rest.rstrip("]").split("; ") if word]
    default = [
        word.removeprefix("default: ") for word in words if word.startswith(("default", "req"))
    ]
    limits = [word for word in words if not word.startswith(("default", "req"))]
    limit = "; ".join(limits).replace("x>=", "at least ")
    said = _marked(text.strip()) + (f" ({limit})" if limit else "")
    shown = [word if word == "required" else f"`{word}`" for word in default]
    return f"`{name}`", ", ".join(shown), said


def _first_sentence(text: str | None) -> str:
    return (text or "").split("\n\n")[0].split(". ")[0].removesuffix(".").replace("\n", " ")


def _json_anchors() -> dict[str, str]:
    """The anchors of the page of JSON, by the commands that its headings name."""
    headings = re.findall(r"^## (.+)$", file("json_").read_text("utf-8"), flags=re.MULTILINE)
    return {
        name: re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
        for name in heading.split(", ")
    }
