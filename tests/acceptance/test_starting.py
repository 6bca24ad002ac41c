"""What is typed all day starts quickly: it loads nothing heavy that it does not use."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.carriers import declare

from minutebook.cli import run
from minutebook.cli.app import build

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

STORES = (
    "polars",
    "pyarrow",
    "deltalake",
    "numpy",
    "matplotlib",
    "pydantic",
)
SAY_WHAT_WAS_LOADED = """
import sys
from minutebook.cli import run
status = run(sys.argv[2:])
loaded = [name for name in sys.argv[1].split(",") if name in sys.modules]
print("loaded:", *loaded, file=sys.stderr)
sys.exit(status)
"""


def loaded(book: Book, *words: str) -> list[str]:
    """The heavy packages that a command loads."""
    command = [sys.executable, "-c", SAY_WHAT_WAS_LOADED, ",".join(STORES)]
    done = subprocess.run(
        [*command, "--book", str(book.path), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.strip().splitlines()[-1].split()[1:]


def test_help_lists_what_commands_say_of_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    """Though it loads none of them."""
    assert run(["--help"]) == 0
    listed = capsys.readouterr().out
    build()(["--help"], prog_name="minutebook", standalone_mode=False)
    assert capsys.readouterr().out == listed
    said = "import sys; from minutebook.cli import run; run(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert not {"minutebook.cli.bill", "minutebook.plans"} & {*done.stdout.split()}


@pytest.mark.parametrize(
    "words",
    [
        ("balance",),
        ("pay", "acme", "1.00", "--reference", "r1"),
        ("adjust", "acme", "-1.00", "--reason", "fee", "--reference", "a1"),
        ("statement", "acme", "--from", "2026-10-01", "--to", "2026-10-31"),
    ],
    ids=lambda words: words[0],
)
def test_money_is_seen_and_taken_without_the_calls_store(
    book: Book, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Balances, payments and the statement of a per-minute account read the ledger alone."""
    declare(book, tmp_path)
    assert loaded(book, *words) == []


def test_a_price_by_a_rate_loads_what_prices_and_no_store(book: Book) -> None:
    """`price --rate` is rated by the expressions that rate millions: Polars, and nothing else."""
    assert loaded(book, "price", "442079460123", "60", "--rate", "0.01") == ["polars"]
