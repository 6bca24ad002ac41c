"""Books that versions before this one wrote: every figure is what that version said, and goes on from there.

How they were made stands in `make_book`. A book is added when the lake or the ledger changes its shape.
"""

from __future__ import annotations

import json
import tarfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from tests.books.make_book import calls

from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.lake.delta import FORMAT, MARK, LakeTable

if TYPE_CHECKING:
    from tests.conftest import Cluster

HERE: Final = Path(__file__).parent
BOOKS: Final = sorted(path.name.removesuffix(".tar.gz") for path in HERE.glob("*.tar.gz"))
WORDED: Final = frozenset(["words", "steps", "proves", "checks", "chain"])
"""Keys of text, whose words may change, and of `verify`, which proves more with every version, and links
more in the chain: what was the last link is there still."""


def reopened(name: str, folder: Path, cluster: Cluster) -> tuple[Path, dict[str, str]]:
    """The book `name` in a folder and a database of its own, and what its program said, by command."""
    with tarfile.open(HERE / f"{name}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    database = sql.Identifier(f"before_{name}")
    with psycopg.connect(cluster.roles.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} owner minutebook_owner").format(database))
        admin.execute(sql.SQL("revoke temporary on database {} from public").format(database))
    owner = make_conninfo(cluster.roles.owner, dbname=f"before_{name}")
    dumped = (folder / "ledger.sql").read_text().splitlines()
    with psycopg.connect(owner) as connection:
        connection.execute("\n".join(line for line in dumped if not line.startswith("\\")).encode())
    application = make_conninfo(cluster.roles.application, dbname=f"before_{name}")
    with (folder / "book.toml").open("a") as settings:
        settings.write(f"database = {json.dumps(application)}\n")
        settings.write(f"database_owner = {json.dumps(owner)}\n")
    return folder, json.loads((folder / "said.json").read_text())


def differences(before: Any, now: Any, place: str = "") -> list[str]:
    """Where a figure that was said before is said otherwise now; what is said besides is no difference."""
    if isinstance(before, dict) and isinstance(now, dict):
        kept = [key for key in before if key not in WORDED]
        gone = [f"{place}.{key} is gone" for key in kept if key not in now]
        both = [key for key in kept if key in now]
        return gone + [
            d for key in both for d in differences(before[key], now[key], f"{place}.{key}")
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True))
        return [d for i, (old, new) in pairs for d in differences(old, new, f"{place}[{i}]")]
    return [] if before == now else [f"{place}: {before!r}, now {now!r}"]


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
def test_a_book_of_before_opens_equal_in_every_figure(
    name: str, tmp_path: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is posted again or taken back by a run of the same days; later calls are billed as ever."""
    book, said = reopened(name, tmp_path, cluster)

    def command(*words: str) -> Any:
        capsys.readouterr()
        status = run(["--book", str(book), "--format", "json", *words])
        captured = capsys.readouterr()
        assert status < 2, captured.err
        return json.loads(captured.out) if captured.out else None

    command("adopt")
    assert len(said) >= 15
    for words, before in said.items():
        assert not differences(json.loads(before), command(*json.loads(words))), words
    chain = json.loads(said['["verify"]']).get("chain") if '["verify"]' in said else None
    if chain:
        assert command("verify", "--since", f"{chain['links']}:{chain['head']}")["ok"]
    again = command("bill", "--through", "2026-10-10")
    assert (again["calls"], again["postings"]) == (0, 0)
    balances = {row["account"]: row["balance"] for row in command("balance")}
    (book / "more.csv").write_text(calls(range(11, 13)))
    (book / "two.csv").write_text(calls(range(4, 9)))
    command("import", "minutebook", str(book / "more.csv"))
    assert command("import", "minutebook", str(book / "two.csv"))["added"] == 0
    charged = command("bill", "--through", "2026-10-12")
    assert charged["calls"] > 0
    after = {row["account"]: row["balance"] for row in command("balance")}
    lost = sum(Decimal(after[name]) - Decimal(balances[name]) for name in after)
    assert lost == Decimal(charged["total"]["USD"])
    assert command("verify")["ok"]


@pytest.mark.provokes(
    "lake/delta.py: … is in format …, and this version knows those to …;"
    " open the book with the later version that wrote it",
    when="the lake was written by a later version",
)
def test_a_lake_of_a_later_format_is_refused(tmp_path: Path) -> None:
    """A program that does not know what is written there prices nothing from it."""
    table = LakeTable(tmp_path / "calls", "imports").create({"day": pl.Date}, partition_by=["day"])
    assert table.format == FORMAT
    entry = tmp_path / "calls/_delta_log" / f"{0:020}.json"
    marked = f'"{MARK}":"{FORMAT}"'
    assert marked in entry.read_text()
    entry.write_text(entry.read_text().replace(marked, f'"{MARK}":"{FORMAT + 1}"'))
    with pytest.raises(
        InputError, match=r"calls is in format 3, and this version knows those to 2"
    ):
        LakeTable(tmp_path / "calls", "imports")
