"""Nothing is left out of the documentation, and nothing in it leads nowhere."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest
from docs.generate import commands, database, library
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.carriers import declare
from tests.docs import pages

from docs import generate
from minutebook.calls.readers import formats
from minutebook.calls.schema import CALL_SCHEMA, Reason
from minutebook.declarations import band_table, card_table, document, plan_table, schedule_table

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel
    from tests.conftest import Cluster

    from minutebook.book import Book

DOCS = pages.ROOT / "docs"
EVERY = sorted(
    [*pages.ROOT.glob("*.md"), *DOCS.glob("**/*.md"), *pages.ROOT.glob("examples/**/*.md")]
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def _text(page: Path) -> str:
    return page.read_text("utf-8")


def _prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", _text(page), flags=re.DOTALL | re.MULTILINE)


def _section(page: Path, heading: str) -> str:
    """What stands under a heading, up to the next of its level."""
    level = heading.split(" ", 1)[0]
    found = _text(page).split(f"\n{heading}\n", 1)[1]
    return re.split(rf"\n#{{1,{len(level)}}} ", found, maxsplit=1)[0]


def _first_column(text: str) -> set[str]:
    """The words in backquotes in the first column of tables."""
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    return {word for cell in cells for word in re.findall(r"`(\w+)`", cell)}


def _anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", _prose(page), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("name", sorted(set(generate.NAMES) - {"database"}))
def test_a_generated_page_is_what_the_program_says(name: str) -> None:
    """`make docs` has been run since what the page is made from was changed."""
    assert _text(generate.file(name)) == generate.text(name), "run: make docs"


def test_every_field_of_a_result_has_a_sentence() -> None:
    """At its source, or as the JSON key that is made of it: what it is, and its unit."""
    assert library.unsaid() == []


def test_the_page_of_the_database_is_what_a_fresh_book_holds(cluster: Cluster) -> None:
    """Tables, rules, grants, and the comments that stand in the database itself."""
    _, owner = cluster.new_database()
    assert _text(generate.file("database")) == database.page(owner), "run: make docs"
    cluster.drop(owner)


def test_a_role_for_reports_reads_and_no_more(book: Book, tmp_path: Path, cluster: Cluster) -> None:
    """Made as the page of the database says, it sees a balance, and changes nothing."""
    declare(book, tmp_path, deck=None)
    book.ledger.pay("acme", "25.00", "bank-1")
    owner = str(book.settings.database_owner)
    name = str(conninfo_to_dict(owner)["dbname"])
    made, asked = (
        "\n".join(block.lines).replace("on database minutebook ", f"on database {name} ")
        for block in pages.blocks(_text(generate.file("database")))
        if block.language == "sql"
    )
    with cluster.admin(owner) as admin:
        admin.execute(made)
    reports = make_conninfo(owner, user="reports", password="…")
    with psycopg.connect(reports, autocommit=True) as connection:
        assert connection.execute(asked).fetchall() == [("acme", "USD", Decimal(25))]
        connection.execute("set default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("insert into memo values ('a', 'b')")


def test_every_command_and_option_is_in_the_reference() -> None:
    """Whatever can be typed can be looked up, under a heading of its own."""
    import typer.main

    from minutebook.cli.app import build

    root = build().__self__  # type: ignore[attr-defined]
    assert isinstance(root, typer.core.TyperGroup)
    for words in commands.commands():
        command = root
        for word in words:
            command = command.commands[word]
        section = _section(
            DOCS / "reference" / "commands.md", f"## {' '.join(('minutebook', *words))}"
        )
        for option in (name for parameter in command.params for name in parameter.opts):
            assert not option.startswith("-") or option in section, f"{words}: {option}"


@pytest.mark.parametrize(
    ("heading", "tables"),
    [
        (
            "## plan",
            (
                document.PlanTable,
                plan_table.StepTable,
                plan_table.TierTable,
                plan_table.OverTable,
                plan_table.RoundingTable,
                plan_table.ShortCallsTable,
            ),
        ),
        ("## account", (document.AccountTable, document.TermTable, document.MatchTable)),
        ("## server", (document.ServerTable,)),
        ("## schedule", (schedule_table.ScheduleTable,)),
        ("## source", (document.SourceTable,)),
        (
            "## card",
            (
                card_table.CardTable,
                card_table.RecipeTable,
                card_table.ProfitTable,
                card_table.BuiltTermsTable,
                band_table.BandsTable,
                band_table.BandTimeTable,
                band_table.JurisdictionsTable,
                band_table.OriginsTable,
                band_table.OriginGroupTable,
                card_table.NoticeTable,
            ),
        ),
    ],
)
def test_every_key_of_an_apply_file_is_explained(
    heading: str, tables: tuple[type[BaseModel], ...]
) -> None:
    """Each key has its row, and no row is of a key that there is not."""
    known = {field.alias or name for table in tables for name, field in table.model_fields.items()}
    section = _section(DOCS / "reference" / "apply.md", heading)
    assert _first_column(section) == known


def test_every_reason_of_quarantine_has_its_remedy() -> None:
    """A record that waits can always be looked up."""
    section = _section(DOCS / "engineer" / "quarantine.md", "## Every reason")
    assert _first_column(section) == {str(reason) for reason in Reason}


def test_every_option_of_a_source_is_explained() -> None:
    """Whatever a reader asks a source for stands on the page of the formats."""
    calls = pages.ROOT / "src" / "minutebook" / "calls"
    asked = re.compile(r'(?:option\(source, |options\.get\()"(\w+)"')
    options = {name for file in calls.rglob("*.py") for name in asked.findall(_text(file))}
    assert options
    page = DOCS / "engineer" / "formats.md"
    assert options <= _first_column(_section(page, "## Formats"))


def test_every_format_is_named_where_formats_are() -> None:
    """What can be imported stands on the engineer's page, in apply files' reference, and up front."""
    table = _section(DOCS / "engineer" / "formats.md", "## Formats").split("\n###", 1)[0]
    assert _first_column(table) == set(formats.NAMES)
    rows = re.findall(r"^\| `format` .*$", _text(DOCS / "reference" / "apply.md"), re.MULTILINE)
    for row in rows:
        assert set(re.findall(r'`"(\w+)"`', row)) == set(formats.NAMES)
    assert len(rows) == 2  # of sources, and of schedules
    assert ", ".join((formats.AUTO, *formats.NAMES)) in " ".join(
        _section(DOCS / "reference" / "commands.md", "## minutebook import").split()
    )
    (reads,) = re.findall(r"^\| reads .*$", _text(pages.ROOT / "README.md"), re.MULTILINE)
    for format in formats.BUILT_IN:
        assert format.title in reads


def test_the_reader_of_the_page_is_the_one_that_is_tested() -> None:
    """Who copies it from the page has what the tests have shown to work."""
    package = pages.ROOT / "tests" / "calls" / "reader_package"
    shown = pages.blocks(_text(DOCS / "engineer" / "own-reader.md"))
    files = {block.file: "\n".join(block.lines) + "\n" for block in shown if block.file}
    for name in ("pyproject.toml", "minutebook_tandem.py"):
        assert files[f"package/{name}"] == _text(package / name)


def test_every_column_of_the_lake_is_explained() -> None:
    """Who reads the lake with another tool knows what each column means."""
    section = _section(DOCS / "engineer" / "lake.md", "## The table of calls")
    assert _first_column(section) == set(CALL_SCHEMA)


@pytest.mark.parametrize("page", EVERY, ids=lambda page: str(page.relative_to(pages.ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link within the project leads to a file, and to a heading in it."""
    for target in _LINK.findall(_prose(page)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file), target


@pytest.mark.parametrize("page", EVERY, ids=lambda page: str(page.relative_to(pages.ROOT)))
def test_pages_name_no_folder_of_a_writers_machine(page: Path) -> None:
    """What is printed in the documentation could have been printed anywhere."""
    assert not re.search(r"/(tmp/minutebook|work|home|root|Users)\b", _text(page))


@pytest.mark.parametrize(
    "page", sorted(DOCS.glob("**/*.md")), ids=lambda page: str(page.relative_to(DOCS))
)
def test_pages_say_whom_they_are_for(page: Path) -> None:
    """The first words under a title name the reader."""
    first = _text(page).split("\n\n", 2)[1]
    assert first.startswith("For "), first
