"""The clock and the user are read in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import minutebook

SOURCES = Path(minutebook.__file__).parent
READS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime"},
    "getpass": {"getuser"},
    "os": {"getlogin"},
    "pwd": {"getpwuid"},
}


def reads(source: str) -> list[str]:
    """Where Python text asks the wall clock or who the user is: `datetime.now`, `time.time` …"""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name, value=ast.Name(id=of) | ast.Attribute(attr=of)):
                if name in READS.get(of, ()):
                    found.append(f"{of}.{name}")
            case ast.ImportFrom(module=of, names=names):
                found += [f"{of}.{n.name}" for n in names if n.name in READS.get(str(of), ())]
    return found


def test_clock_and_user_are_read_in_one_place() -> None:
    """So that a result says by which instant it was made, and a test can say which."""
    files = {str(path.relative_to(SOURCES)): path for path in SOURCES.rglob("*.py")}
    found = {name: reads(path.read_text("utf-8")) for name, path in files.items()}
    assert {name for name, read in found.items() if read} == {"book/clock.py"}
