"""The program's commands and global options."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli.output import OutputFormat, Printing
from minutebook.cli.summaries import SUMMARIES
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

HELP = """The billing engine for voice carriers: calls in, exact money out.

\b
A first bill:
  minutebook init carrier && cd carrier
  minutebook apply carrier.toml
  minutebook card import a-z deck.csv
  minutebook import auto cdr.csv
  minutebook bill --through 2026-10-31
  minutebook statement acme --month 2026-10

\b
Exit status: 0 done; 1 done, and something needs a person; 2 nothing was done.
"""


_COMMANDS = (
    "init",
    "apply",
    "declared",
    "import_",
    "correct",
    "rematch",
    "bill",
    "pay",
    "refund",
    "reverse",
    "adjust",
    "balance",
    "statement",
    "totals",
    "margin",
    "calls",
    "switch",
    "minimum",
    "review",
    "capacity",
    "simulate",
    "reconcile",
    "quarantine",
    "journal",
    "close",
    "explain",
    "price",
    "route",
    "verify",
    "audit",
    "backup",
    "restore",
    "adopt",
    "serve",
    "worker",
    "demo",
    "stop",
)
_GROUPS = (
    "account",
    "card",
    "channels",
    "job",
    "key",
    "numbering",
    "parked",
    "plan",
    "provider",
    "schedule",
    "server",
    "source",
    "user",
    "webhook",
)
"""Modules of this folder, in the order of the help: a command each, or a group of some."""


@cache
def build(word: str | None = None, *, whole: bool = True) -> Callable[..., object]:
    """The program: called with the words, gives the exit status.

    Where `word` is a command's, only that one is made: it starts in half the time. Where it is none's,
    and the program need not be `whole`, commands are only listed, for its help and for suggestions.
    It is made once.
    """
    app = typer.Typer(help=HELP, rich_markup_mode=None, add_completion=False, no_args_is_help=True)
    app.callback()(_globals)
    known = [name for name in (*_COMMANDS, *_GROUPS) if name.rstrip("_") == word]
    for name in known or (*_COMMANDS, *_GROUPS):
        if not (whole or known) and (said := SUMMARIES.get(name.rstrip("_"))):
            app.command(name.rstrip("_"), help=said)(_unmade)
            continue
        module = import_module(f"minutebook.cli.{name}")
        if name in _GROUPS:
            app.add_typer(module.app, name=name)
        else:
            context = getattr(module, "CONTEXT", None)
            command = getattr(module, f"{name.rstrip('_')}_")
            app.command(name.rstrip("_"), context_settings=context)(command)
    return typer.main.get_command(app).main


def _unmade() -> None:
    """Stands for a command that is only listed."""
    raise AssertionError("a command was called that was only listed")


def _version(wanted: bool) -> None:
    if wanted:
        from minutebook import __version__

        print(f"minutebook {__version__}")
        raise typer.Exit


def _globals(
    context: typer.Context,
    book: Annotated[
        Path | None,
        typer.Option(
            "--book",
            metavar="PATH",
            help="The book. Left out: $MINUTEBOOK, else the nearest folder upward that holds book.toml.",
        ),
    ] = None,
    format_: Annotated[
        OutputFormat, typer.Option("--format", help="How results are printed.")
    ] = OutputFormat.TABLE,
    wide: Annotated[
        bool, typer.Option("--wide", help="Tables with all columns, however narrow the terminal.")
    ] = False,
    columns: Annotated[
        str,
        typer.Option(metavar="A,B,…", help="The columns of tables and CSV, and their order."),
    ] = "",
    wait: Annotated[
        int | None,
        typer.Option(
            metavar="S",
            min=0,
            help="Wait so many seconds for a command that must end first. Left out: until it ends.",
        ),
    ] = None,
    no_pager: Annotated[
        bool, typer.Option("--no-pager", help="Print long tables at once, not page by page.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    keys = tuple(key for key in re.split(r"[,\s]+", columns) if key)
    if keys and format_ is OutputFormat.JSON:
        raise InputError("--columns is for tables and CSV; JSON has every key")
    context.obj = (book, Printing(format_, wide, keys, paged=not no_pager), wait)
