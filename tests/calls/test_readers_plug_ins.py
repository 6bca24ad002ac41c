"""Readers of installed packages: the entry points of the group `minutebook.readers`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from readers_support import FIXTURES, written
from tests.imports_support import ACME, Site

from minutebook.calls import readers
from minutebook.calls.readers import plug_ins
from minutebook.calls.readers.formats import BUILT_IN, NAMES
from minutebook.calls.source import Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minutebook.book import Book

PACKAGE = Path(__file__).parent / "reader_package"
CALLS = """\
# Tandem 4.2
TDM;t-1;442079460000;12025550100;1791194400;5;60;acme
TDM;t-2;442079460000;12025550101;1791194500;20;;acme
TDM;t-3;442079460000;12025550102;soon;5;60;acme
"""
DECLARED = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.01"

[account.acme]
plan = "minutes"
from = 2026-10-01
match = [ { account_code = "acme" } ]
"""


def installed(folder: Path, *points: str, name: str = "other", code: str = "") -> Path:
    """A folder as an installer leaves it: a module, and beside it what its package announces."""
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = "\n".join(points)
    (about / "entry_points.txt").write_text(f"[minutebook.readers]\n{lines}\n")
    (folder / f"{name}.py").write_text(code)
    return folder


@pytest.fixture
def tandem(tmp_path: Path) -> Path:
    """The test package, installed from its own pyproject.toml."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    ((name, value),) = project["entry-points"]["minutebook.readers"].items()
    code = (PACKAGE / "minutebook_tandem.py").read_text()
    folder = tmp_path / "site"
    return installed(folder, f"{name} = {value}", name="minutebook_tandem", code=code)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Packages are put on this process's path, and forgotten afterwards."""
    before = set(sys.modules)
    yield monkeypatch
    for name in set(sys.modules) - before:
        del sys.modules[name]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real command, in a process of its own that finds the packages of a folder."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "minutebook"), *words],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_package_adds_a_format_to_the_command(tmp_path: Path, tandem: Path, book: Book) -> None:
    """Declared, imported by name and by `auto`, and listed; as a format of our own is."""
    path = str(book.settings.folder)
    file = written(tmp_path, CALLS, "calls.tdm")
    terms = DECLARED + '[source.hall]\nformat = "tandem"\nserver = "hall-1"\n'
    declared = run(tandem, "--book", path, "apply", str(written(tmp_path, terms, "carrier.toml")))
    assert declared.returncode == 0, declared.stderr
    for format, added, duplicates in (("tandem", 2, 0), ("auto", 0, 2)):
        words = ["--book", path, "--format", "json", "import", format, str(file)]
        done = run(tandem, *words, "--source", "hall")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        counts = (found["read"], found["added"], found["duplicates"], found["reasons"])
        assert counts == (3, added, duplicates, {"bad_time": 1})
    listed = json.loads(run(tandem, "--format", "json", "import", "--formats").stdout)["formats"]
    assert [one["format"] for one in listed] == [*NAMES, "tandem"]
    assert listed[-1] == {
        "format": "tandem",
        "files": "the daily files of a Tandem switch",
        "package": "minutebook_tandem 1.0",
        "error": None,
    }
    gone = run(tmp_path, "--book", path, "import", "tandem", str(file))
    assert gone.returncode == 2
    assert "format 'tandem' is not known; use one of auto, minutebook, asterisk" in gone.stderr


def test_what_waits_of_a_package_that_is_gone_waits_on(
    tmp_path: Path, tandem: Path, here: pytest.MonkeyPatch
) -> None:
    """It stops no retry: the records of other formats go in."""
    site = Site(tmp_path / "book", ACME)
    with here.context() as path:
        path.syspath_prepend(str(tandem))
        site.load(written(tmp_path, CALLS), format="tandem")
    waiting = site.retry()
    assert (waiting.read, waiting.added, waiting.quarantined) == (3, 0, 3)


def test_built_in_formats_ask_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked up, so that start-up stays quick and no package can be in the way."""
    monkeypatch.setattr(plug_ins, "entry_points", lambda **_: pytest.fail("looked up"))
    for name in NAMES:
        assert readers.reader(name).name == name
        readers.options(name)


GOOD = "class R:\n    name = 'morse'\n    pairs = False\n    def sniff(self, head): return head == b'.-'\n"
METHODS = "    def tables(self, path, source): return []\n    def records(self, frame, source): return frame\n"
WHOLE = f"{GOOD}{METHODS}READER = R()\n"
BROKEN = {
    "raises": ("morse = other:READER", "1 / 0", r"cannot be imported: ZeroDivisionError"),
    "syntax": ("morse = other:READER", "def (", r"cannot be imported: SyntaxError"),
    "absent": ("morse = other:READER", "", r"cannot be imported: AttributeError"),
    "no-module": ("morse = nowhere:READER", "", r"cannot be imported: ModuleNotFoundError"),
    "exits": ("morse = other:READER", "raise SystemExit(3)", r"cannot be imported: SystemExit"),
    "lacking": ("morse = other:READER", f"{GOOD}READER = R()", r"lacks tables, records"),
    "class": ("morse = other:R", WHOLE, r"is a class"),
    "other-name": (
        "morse = other:READER",
        WHOLE.replace("'morse'", "'code'"),
        r"calls itself 'code'",
    ),
}


@pytest.mark.parametrize(("point", "code", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_package_stops_its_own_format_only(
    tmp_path: Path, here: pytest.MonkeyPatch, point: str, code: str, message: str
) -> None:
    """One line that names reader and package, when it is used; the list shows it; `auto` works."""
    here.syspath_prepend(str(installed(tmp_path / "site", point, code=code)))
    with pytest.raises(InputError, match=f"reader morse of other 1.0 {message}") as error:
        readers.reader("morse")
    assert len(str(error.value).splitlines()) == 1
    listed = {one.name: one for one in readers.listed()}
    assert listed["morse"].error == error.value.message
    assert all(listed[name].error is None for name in NAMES)
    assert readers.detect(FIXTURES / "minutebook.csv").name == "minutebook"
    with pytest.raises(
        InputError, match=f"no known format .*; reader morse of other 1.0 {message}"
    ):
        readers.detect(written(tmp_path, "neither fish nor fowl\n"))


@pytest.mark.parametrize("name", ["asterisk", "auto"])
def test_a_package_takes_no_name_of_ours(
    tmp_path: Path, here: pytest.MonkeyPatch, name: str
) -> None:
    """The built-in reader reads on; the list says what is wrong."""
    code = WHOLE.replace("morse", name).replace("head == b'.-'", "True")
    here.syspath_prepend(str(installed(tmp_path / "site", f"{name} = other:READER", code=code)))
    assert readers.detect(FIXTURES / "asterisk_master.csv").name == "asterisk"
    taken = [one for one in readers.listed() if one.package]
    assert [one.name for one in taken] == [name]
    assert "takes a name that is Minutebook's own" in str(taken[0].error)


def test_two_packages_cannot_have_one_name(tmp_path: Path, here: pytest.MonkeyPatch) -> None:
    """Which of them reads would depend on the order of folders: neither does."""
    for package in ("one", "two"):
        point = f"morse = {package}:READER"
        here.syspath_prepend(str(installed(tmp_path / package, point, name=package, code=WHOLE)))
    with pytest.raises(InputError, match=r"of one 1\.0 has the name of another of two 1\.0"):
        readers.reader("morse")


FAULTS = {
    "fails": ("raise KeyError('x')", "return frame", "fails with KeyError"),
    "numbers": (
        "yield Table(pl.DataFrame({'a': [1]}), pl.Series([1]))",
        "return frame",
        "column a of its rows is not of text",
    ),
    "lines": (
        "yield Table(pl.DataFrame({'a': ['1']}), pl.Series([1, 2]))",
        "return frame",
        "does not give each row its line",
    ),
    "schema": (
        "yield Table(pl.DataFrame({'a': ['1']}), pl.Series([1]))",
        "return pl.DataFrame({'row': [0]})",
        "gives records whose row is Int64, not UInt32",
    ),
    "rows": (
        "yield Table(pl.DataFrame({'a': ['1']}), pl.Series([1]))",
        "return pl.DataFrame(schema=RECORD_SCHEMA)",
        "does not give one record for each row",
    ),
}


@pytest.mark.parametrize(("tables", "records", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_package_is_held_to_what_a_reader_promises(
    tmp_path: Path, here: pytest.MonkeyPatch, tables: str, records: str, message: str
) -> None:
    """What it does wrongly refuses the file in one line: no call is taken in wrongly."""
    code = (
        "import polars as pl\nfrom minutebook.calls.readers.base import Table\n"
        f"from minutebook.calls.schema import RECORD_SCHEMA\n{GOOD}"
        f"    def tables(self, path, source):\n        {tables}\n"
        f"    def records(self, frame, source):\n        {records}\nREADER = R()\n"
    )
    here.syspath_prepend(str(installed(tmp_path / "site", "morse = other:READER", code=code)))
    site = Site(tmp_path / "book")
    with pytest.raises(InputError, match=f"reader morse of other 1.0 {message}"):
        site.load(written(tmp_path, ".-"), format="morse")
    assert not (tmp_path / "book" / "calls").exists() or site.ids == []


def test_a_sources_options_are_those_of_its_reader(
    tmp_path: Path, here: pytest.MonkeyPatch
) -> None:
    """A package says what can be said of its format."""
    code = WHOLE.replace("    pairs", "    options = ('speed',)\n    pairs")
    here.syspath_prepend(str(installed(tmp_path / "site", "morse = other:READER", code=code)))
    assert readers.options("morse") == {"columns", "speed"}
    assert readers.options(None) == {"columns"} | {o for f in BUILT_IN for o in f.options}
    assert Source("s", format="morse").format == "morse"
