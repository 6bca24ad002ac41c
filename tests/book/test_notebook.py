"""Results at Python's prompt, in a notebook, and to a type checker."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
import typing
from fractions import Fraction
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import CARRIER, Call, declare, october, take_in, write_calls

import minutebook
from minutebook import settings
from minutebook.book import Book
from minutebook.notebook import Explained, Rows, Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Cluster

MONTH = october(1), october(31)
TITLE = 'Acme <b>& "Sons"</b>'
LONGEST = 400


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[dict[str, Any]]:
    """A result of every method that gives one."""
    folder = tmp_path_factory.mktemp("notebook")
    database, owner = cluster.new_database()
    settings.write(folder, "USD", database, owner)
    with Book(settings.read(folder)) as book:
        yield every_result(book, folder)
    cluster.drop(database)


def every_result(book: Book, tmp_path: Path) -> dict[str, Any]:
    text = CARRIER.replace('name = "Acme Telecom"', f"name = '{TITLE}'")
    declare(book, tmp_path, text + '\n[server.lon-1]\naccount = "acme"\ndeployed = 2026-10-01\n')
    take_in(book, tmp_path, Call("a"), Call("b", "globex", called="447700900123"))
    file = write_calls(tmp_path / "theirs.csv", [Call("a"), Call("c")])
    run = book.runs.bill(october(31))
    journal = str(book.ledger.journal(*MONTH)["journal"][0])
    paid, _ = book.ledger.pay("acme", "12.50", "<bank>")
    return {
        "run": run,
        "paid": paid,
        "suspended": book.accounts.suspend("globex", "<dispute>"),
        "applied": book.apply(tmp_path / "carrier.toml"),
        "imported": book.calls.import_files(file),
        "taken": book.cards.import_deck("a-z", tmp_path / "deck.csv")[0],
        "cards": book.cards.list(),
        "balances": book.ledger.balances(),
        "statement": book.statements.statement("acme", *MONTH),
        "totals": book.statements.totals(*MONTH),
        "minimum": book.statements.minimum("acme"),
        "channels": book.statements.channels("acme", *MONTH),
        "call": book.statements.explain_call("a"),
        "charge": book.statements.explain_charge(journal),
        "price": book.statements.price("442079460123", 61, card="a-z"),
        "accounts": book.accounts.list(october(1)),
        "account": book.accounts.show("acme"),
        "servers": book.accounts.servers(),
        "review": book.fit.review("acme", *MONTH),
        "capacity": book.fit.capacity("acme", *MONTH),
        "capacity_of_days": book.fit.capacity("acme", october(1), october(2)),
        "simulated": book.fit.simulate(*MONTH, buy="a-z"),
        "reconciled": book.disputes.reconcile("lake", file, *MONTH, account="acme"),
        "checks": book.runs.verify(),
        "plans": book.plans.list(),
        "plan": book.plans.show("flat"),
        "source": book.sources.show("asterisk"),
        "declared": book.declared(),
    }


class Tables(HTMLParser):
    """The cells of a page, and whether every tag that is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1] += data


def test_a_notebook_shows_each_result_as_a_table(results: dict[str, Any]) -> None:
    """Every tag closed, and nothing that a carrier wrote taken for one."""
    for name, result in results.items():
        page = Tables(result._repr_html_())
        assert page.open == [], name
        assert page.tags & {"td", "li", "pre"}, name
        of_tables = {"table", "thead", "tbody", "tr", "td", "th"}
        assert page.tags <= of_tables | {"p", "ol", "li", "pre"}, name
        assert [cell for cell in page.cells if " object at " in cell or "minutebook." in cell] == []


def test_what_people_wrote_is_told_as_they_wrote_it(results: dict[str, Any]) -> None:
    """Names and reasons with < and & in them."""
    assert TITLE in Tables(results["statement"]._repr_html_()).cells
    assert "<dispute>" in Tables(results["suspended"]._repr_html_()).cells


def test_amounts_are_text_in_their_currency(results: dict[str, Any]) -> None:
    """Short, exact, and without Python's way of writing a number."""
    assert "opening_balance=0.00 USD, closing_balance=-0.005 USD" in repr(results["statement"])
    assert "total={USD -0.035}" in repr(results["run"])
    (acme,) = (row for row in results["balances"] if row.account == "acme")
    assert repr(acme).startswith(
        "Standing(account='acme', currency='USD', balance=12.495 USD, holds=0.00 USD"
    )
    cells = Tables(results["balances"]._repr_html_()).cells
    assert {"acme", "12.495", "112.495"} <= set(cells)


def test_what_is_not_rounded_is_exact_too() -> None:
    """What a server owes is a fraction of a month's minimum: to four decimals, of any size."""
    owed = Fraction(12_345_678_901_234_567_891, 1000)
    server = minutebook.ServerStanding("lon-1", october(1), None, 31, 0, owed, 0, 0)
    assert "12,345,678,901,234,567.891" in Tables(Rows([server])._repr_html_()).cells
    third = dataclasses.replace(server, owed=Fraction(20, 3))
    assert "6.6667" in Tables(Rows([third])._repr_html_()).cells


def test_a_line_is_enough_at_the_prompt(results: dict[str, Any]) -> None:
    """However much a result holds."""
    for name, result in results.items():
        for each in result if isinstance(result, list) else [result]:
            assert isinstance(each, Explained) or len(repr(each)) < LONGEST, name
            assert "Decimal(" not in repr(each), name
            assert "datetime." not in repr(each), name


def test_an_explanation_is_its_steps_numbered(results: dict[str, Any]) -> None:
    """At the prompt a line each, in a notebook a list; without the record's dictionary."""
    (call,) = results["call"]
    for explained in (call, results["charge"]):
        first, *others = repr(explained).splitlines()
        assert (first, len(others)) == (f"  1. {explained.steps[0]}", len(explained.steps) - 1)
        assert explained._repr_html_().startswith("<ol><li>")
        assert explained._repr_html_().count("<li>") == len(explained.steps)
    assert repr(results["call"]) == repr(call)
    assert results["call"]._repr_html_() == call._repr_html_()


def test_the_prompt_tells_the_answer(results: dict[str, Any]) -> None:
    """What a call costs, what applying did, how many channels on days without any."""
    assert repr(results["price"]) == (
        "Quote(called='442079460123', billed_seconds=61, cost=0.0102 USD)"
    )
    assert repr(results["applied"][0]).endswith("action='left', keys=())")
    assert "None" not in repr(results["capacity"])
    assert "bought={2026-10-01 none" in repr(results["capacity_of_days"])


def test_a_notebook_tells_each_thing_once(results: dict[str, Any]) -> None:
    """The way to a price as one list; a card with how many revisions; declarations as they are written."""
    page = results["price"]._repr_html_()
    step = str(results["price"].steps[0])
    assert (page.count("<ol>"), page.count(escape(step))) == (1, 1)
    assert f"<pre>{escape(results['declared'].text)}</pre>" in results["declared"]._repr_html_()


def test_cards_are_listed_with_a_row_for_each_revision(book: Book, tmp_path: Path) -> None:
    """Its number, from when it holds and its deck, beside the card's name and currency."""
    declare(book, tmp_path, CARRIER)
    other = tmp_path / "other.csv"
    other.write_text("prefix,rate\n44,0.02\n")
    book.cards.import_deck("a-z", other)
    page = book.cards.list()._repr_html_()
    cells = Tables(page).cells
    assert page.count("<tr>") == 1 + 2
    assert {"card", "number", "live at", "currency"} <= set(cells)
    assert {"a-z", "1", "2", "USD"} <= set(cells)
    assert any("other.csv" in cell for cell in cells)


def test_lists_of_results_are_lists(results: dict[str, Any]) -> None:
    """They are compared, cut and counted as lists are; of none a notebook says so."""
    assert results["balances"] == list(results["balances"])
    assert [row.account for row in results["balances"]] == ["acme", "globex"]
    assert Rows()._repr_html_() == "<p>none</p>"


def test_what_methods_give_is_exported() -> None:
    """Each class that a part's method gives can be named as minutebook.NAME, to annotate with."""
    from minutebook import book

    given = set()
    for path in Path(book.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.FunctionDef)
                and node.returns
                and path.stem not in ("opening", "before", "place")
                and not node.name.startswith("_")
            ):
                given |= {n.id for n in ast.walk(node.returns) if isinstance(n, ast.Name)}
    own = {name for name in given if name[0].isupper() and not hasattr(typing, name)}
    assert own - {"Path", "Decimal", "Fraction"} <= set(minutebook.__all__)
    assert {"Statement", "Standing", "RunResult"} <= own


def test_every_export_is_there() -> None:
    """What `__all__` names can be had, and each result says briefly what it holds."""
    for name in minutebook.__all__:
        assert getattr(minutebook, name) is not None
    shown = [kind for kind in map(vars(minutebook).get, minutebook.__all__) if _is_shown(kind)]
    assert len(shown) > 25
    assert all("__repr__" not in vars(kind) and dataclasses.is_dataclass(kind) for kind in shown)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = minutebook.nothing


def _is_shown(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Shown) and kind is not Shown


def test_the_import_loads_nothing_heavy() -> None:
    """A script's start-up does not wait for what it may never use."""
    heavy = "polars pyarrow deltalake psycopg pydantic matplotlib typer"
    program = f"import minutebook, sys; print(sorted(set('{heavy}'.split()) & set(sys.modules)))"
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"
