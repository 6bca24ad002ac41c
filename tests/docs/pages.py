"""The examples of a page of documentation, run as a reader would run them.

    python -m tests.docs.pages README.md …     runs pages, and writes what is printed into them

What a page's fenced blocks mean, from top to bottom, in a folder of its own:

    ```toml file=carrier.toml     the block is written to a file (any language, any name)
    ```console                    lines that begin with `$ ` are commands, the others what they print
    ```python                     is executed; one namespace a page
    ```text output                what the Python block before it prints

A page that says "the examples go on in the book of [this page](NAME.md)" begins where that one
ends: its examples are run first, unseen.

Everything else (`sh`, `sql`, `toml`, `text` alone …) is for reading. In what is printed, `…`
stands for anything within a line, and alone on a line for any number of lines; the width of
columns does not matter. A command that does not end with status 0 is followed by `$ echo $?`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^(\s*)```(.*)$")
USER = "alice"
"""Who the examples are typed by."""

_GOES_ON = re.compile(r"examples\s+go\s+on\s+in\s+the\s+book\s+of\s+\[[^\]]*\]\(([^)#]+)\)")
_SHELL = re.compile(r"[|&;<>$`(*]")
_GIVEN = re.compile(r"\$\(([^()]+)\)")
"""What another command prints, among the words of one."""


@dataclass
class Block:
    """A fenced block: its language, the file that it is, its lines, and where they begin (1-based)."""

    language: str
    file: str | None
    output: bool
    lines: list[str]
    line: int


@dataclass
class Step:
    """A command or a piece of Python, what the page says it prints, and what it printed."""

    block: Block
    source: str
    expected: list[str]
    line: int
    printed: list[str] = field(default_factory=list)
    status: int = 0
    checked: bool = True


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page."""
    found: list[Block] = []
    current: Block | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        fence = _FENCE.match(line)
        if current is None and fence:
            words = fence[2].split()
            file = next((w.removeprefix("file=") for w in words if w.startswith("file=")), None)
            language = words[0] if words else ""
            current = Block(language, file, "output" in words[1:], [], number + 1)
        elif current is not None and fence and not fence[2].strip():
            found.append(current)
            current = None
        elif current is not None:
            current.lines.append(line)
    return found


def run(page: Path, folder: Path) -> Iterator[Step]:
    """Run a page's examples in `folder`, giving each step once it has been run."""
    before = Path.cwd()
    namespace: dict[str, object] = {"__name__": "page"}
    user = os.environ.get("LOGNAME")
    os.environ["LOGNAME"] = USER
    os.chdir(folder)
    try:
        for earlier in _earlier(page):
            for _ in _steps(earlier, namespace):
                pass
        yield from _steps(page, namespace)
    finally:
        os.chdir(before)
        del os.environ["LOGNAME"]
        if user is not None:
            os.environ["LOGNAME"] = user


def _earlier(page: Path) -> list[Path]:
    """The pages in whose book a page goes on, the first one first."""
    goes_on = _GOES_ON.search(page.read_text("utf-8"))
    if goes_on is None:
        return []
    earlier = (page.parent / goes_on[1]).resolve()
    return [*_earlier(earlier), earlier]


def _steps(page: Path, namespace: dict[str, object]) -> Iterator[Step]:
    """Run a page's blocks in the present folder."""
    waiting: Step | None = None  # Python, whose output may be in the next block
    for block in blocks(page.read_text("utf-8")):
        if block.output and waiting is not None:
            waiting.expected, waiting.block, waiting.checked = block.lines, block, True
        if waiting is not None:
            yield waiting
            waiting = None
        if block.file is not None:
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text("\n".join(block.lines) + "\n", "utf-8")
        elif block.language == "console":
            yield from _commands(block)
        elif block.language == "python":
            step = Step(block, "\n".join(block.lines), [], block.line, checked=False)
            step.printed, step.status = _python(step.source, page, block.line, namespace)
            waiting = step
    if waiting is not None:
        yield waiting


def _commands(block: Block) -> Iterator[Step]:
    steps: list[Step] = []
    for number, line in enumerate(block.lines, start=block.line):
        if line.startswith("$ "):
            steps.append(Step(block, line[2:], [], number))
        elif not steps:
            raise ValueError(f"line {number}: a console block begins with `$ `")
        else:
            steps[-1].expected.append(line)
    status = 0
    for step in steps:
        if step.source == "echo $?":
            step.printed = [str(status)]
        else:
            step.printed, status = _command(step.source)
            step.status = status
        yield step


def _command(line: str) -> tuple[list[str], int]:
    """What a command prints on both its outputs, and its status."""
    words = shlex.split(line, comments=True)
    if words[0] == "cd" and len(words) == 2:
        os.chdir(words[1])
        return [], 0
    if words[0] == "minutebook":
        line = _GIVEN.sub(lambda given: " ".join(_command(given[1])[0]), line)
    first, _, rest = line.partition(" | ")
    first, _, file = first.partition(" > ")
    printed = ""
    if words[0] == "minutebook" and not _SHELL.search(
        first + file
    ):  # within this process: it is quicker
        from minutebook.cli import run as minutebook

        err = io.StringIO()
        out = io.StringIO() if file else err
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = minutebook(shlex.split(first)[1:])
        if file:
            Path(file).write_text(out.getvalue(), "utf-8")
        printed = err.getvalue()
        if not rest:
            return _lines(printed), status
        line = rest
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, "PATH": path},
        input=printed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return _lines(done.stdout), done.returncode


def _python(
    source: str, page: Path, line: int, namespace: dict[str, object]
) -> tuple[list[str], int]:
    """What a piece of Python prints, a traceback included, and 1 where it fails."""
    printed, status = io.StringIO(), 0
    code = compile("\n" * (line - 1) + source, str(page), "exec")
    with contextlib.redirect_stdout(printed):
        try:
            exec(code, namespace)
        except Exception:
            status = 1
            print(traceback.format_exc())
    return _lines(printed.getvalue()), status


def _lines(text: str) -> list[str]:
    """Lines without blanks at their ends, and without blank lines around them."""
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def agrees(expected: list[str], printed: list[str]) -> bool:
    """Whether what was printed is what the page says; see above for `…`."""
    patterns = []
    for line in _lines("\n".join(expected)):
        if line.strip() == "…":
            patterns.append(r"(?:.*\n)*")
        else:
            patterns.append(".*?".join(map(re.escape, _plain(line).split("…"))) + r"\n")
    text = "".join(_plain(line) + "\n" for line in printed)
    return re.fullmatch("".join(patterns), text) is not None


def _plain(line: str) -> str:
    return re.sub(r"─+", "─", re.sub(r"\s+", " ", line)).strip()


def stop_books(folder: Path) -> None:
    """Stop every embedded database below a folder."""
    from minutebook.ledger.embedded import EmbeddedPostgres

    for settings in folder.rglob("book.toml"):
        if (settings.parent / "postgres").exists():
            EmbeddedPostgres(settings.parent / "postgres").stop()


def update(page: Path) -> None:
    """Run a page, and write what its steps print into it, where that differs."""
    today = datetime.now(UTC).date()
    now = re.compile(rf"({today}|{today + timedelta(days=1)})(T[\d:.]+Z)?")
    with tempfile.TemporaryDirectory(prefix="minutebook-page-") as name:
        folder = Path(name)
        try:
            steps = [step for step in run(page, folder) if step.checked]
        finally:
            stop_books(folder)
    lines = page.read_text("utf-8").splitlines()
    for step in reversed(steps):
        if agrees(step.expected, step.printed):
            continue
        shown = [now.sub("…", line.replace(name, "…")) for line in step.printed]
        first = step.line if step.block.language == "console" else step.block.line - 1
        lines[first : first + len(step.expected)] = shown
        print(f"{page}:{first}: $ {step.source.splitlines()[0]}  status {step.status}")
    page.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        update(Path(argument).resolve())
