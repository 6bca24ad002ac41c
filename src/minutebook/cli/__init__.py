"""The command line: a thin shell over `minutebook.book.Book`.

One file a command; it prints and decides nothing. Heavy modules are imported where they are used, so that
help is quick. Days are UTC days, instants RFC 3339.

The way through it: `app` lists the commands, by `summaries`, and makes the one that is typed; `context` opens the
book; `arguments` and `options` read what several commands take; `output` prints.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer import TyperException

_OF_THE_PROGRAM = ("--book", "--format", "--columns", "--wait")
"""The program's own options that take a value; they may stand anywhere."""
_OWN_FORMAT = (["card", "export"], ["card", "pricelist"])
"""Commands with a --format of their own, which says a kind of file."""
_FLAGS = ("--wide", "--no-pager")
"""Those that take none."""


def main() -> None:
    """Run the command that the arguments name, and exit with its status.

    0 done; 1 done, and something needs a person; 2 nothing was done, because the input or the
    words were wrong. An error is one line on standard error.
    """
    signal.signal(signal.SIGTERM, _terminated)
    _do_job()
    gc.set_threshold(50_000)  # what start-up makes stays: it need not be looked through each time
    sys.exit(run(sys.argv[1:]))


def _do_job() -> None:
    """Where a worker started this process for a job: it is done in the name of who asked, and ends with the worker."""
    if not os.environ.get("MINUTEBOOK_JOB_SOCKET"):
        return
    from minutebook.book.clock import act_for
    from minutebook.cli import output
    from minutebook.jobs.link import to_parent

    link = to_parent()
    if link is not None:
        act_for(link.asked_by, link.asked_from)
        output.tell_job(link.tell)
        link.end_with_parent()


def _terminated(number: int, frame: object) -> None:
    """What a command had begun is taken back, as where it is stopped by hand."""
    del frame
    raise SystemExit(128 + number)


def run(arguments: list[str]) -> int:
    """As `main`, giving the status."""
    import typer

    from minutebook.cli import terminal
    from minutebook.cli.app import build
    from minutebook.errors import MinutebookError

    terminal.lacking_characters("replace")
    try:
        words = _globals_first(arguments)
        program = build(_command_of(words), whole=False)
        # Help is printed while the words are read, and all else by `output`.
        helps = (
            terminal.printing() if {"--help", "--version"} & {*words} else contextlib.nullcontext()
        )
        with helps, _warnings_in_one_line():
            status = program(words, prog_name="minutebook", standalone_mode=False)
        with terminal.printing():
            pass
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "minutebook"
        if context is not None and error.format_message() == context.get_help():
            print(context.get_help(), file=sys.stderr)  # a group without a command's name
            return 2
        return _refuse(f"{_said(error)}; see: {where} --help")
    except MinutebookError as error:
        return _refuse(error.for_shell())
    except (KeyboardInterrupt, typer.Abort):
        return _refuse("stopped; what was committed stays, run it again to go on", 130)
    except BrokenPipeError:
        _print_no_more()
        return 0
    except terminal.UnprintedError as error:
        _print_no_more()
        return _refuse(
            f"what was asked is done; only its result could not be printed: {error}", status=1
        )
    except Exception as error:
        if os.environ.get("MINUTEBOOK_DEBUG"):
            raise
        return _refuse(_unforeseen(error))
    return status if isinstance(status, int) else 0


def _print_no_more() -> None:
    """What waits to be printed goes nowhere, also at the end of the program."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _said(error: TyperException) -> str:
    """What is wrong with the words; an option of the program that is misspelt is suggested."""
    from minutebook.words import did_you_mean

    said = error.format_message().rstrip(".")
    option = getattr(error, "option_name", None)
    if option is None or getattr(error, "possibilities", None):
        return said
    return said + did_you_mean(option, (*_OF_THE_PROGRAM, *_FLAGS))


def _command_of(words: list[str]) -> str | None:
    """The command that the words name."""
    return next(iter(_plain_words(words)), None)


def _plain_words(words: list[str]) -> list[str]:
    """The words that are no options, nor values of the program's own."""
    waiting, found = iter(words), []
    for word in waiting:
        if word in _OF_THE_PROGRAM:
            next(waiting, None)
        elif not word.startswith("-"):
            found.append(word)
    return found


def _globals_first(arguments: list[str]) -> list[str]:
    """The program's options may stand anywhere, not only before the command's name.

    A --format behind the name of a command with one of its own is that one.
    """
    own = _plain_words(arguments)[:2] in _OWN_FORMAT
    if own:
        name = arguments.index("card")
        return [
            *_globals_first_of(arguments[:name], ()),
            *_globals_first_of(arguments[name:], ("--format",)),
        ]
    return _globals_first_of(arguments, ())


def _globals_first_of(arguments: list[str], left: tuple[str, ...]) -> list[str]:
    """The program's options first, but those that are `left` to the command."""
    ours: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument.partition("=")[0] in left:
            rest.append(argument)
        elif argument in _OF_THE_PROGRAM:
            ours += [argument, *(value for value in [next(waiting, None)] if value is not None)]
        elif argument in _FLAGS or argument.startswith(
            tuple(f"{option}=" for option in _OF_THE_PROGRAM)
        ):
            ours.append(argument)
        else:
            rest.append(argument)
    return ours + rest


@contextlib.contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    """What the library warns of is said as everything is, each time."""
    from minutebook.errors import MinutebookWarning

    def said(message: Warning | str, *more: Any, **named: Any) -> None:
        if isinstance(message, MinutebookWarning):
            _say(message.in_shell)
        else:
            shown(message, *more, **named)

    with warnings.catch_warnings():
        shown = warnings.showwarning
        warnings.simplefilter("always", MinutebookWarning)
        warnings.showwarning = said
        yield


def _say(message: str) -> None:
    """A line on standard error; what a terminal would obey is written out."""
    from minutebook.words import harmless

    print(f"minutebook: {harmless(' '.join(message.split()))}", file=sys.stderr)


def _refuse(message: str, status: int = 2) -> int:
    _say(message)
    return status


def _unforeseen(error: Exception) -> str:
    """What nobody expected, in a sentence; to be reported where the fault is the program's own."""
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        room = f"; {_room()}; free some space" if full and not error.filename else ""
        return f"{place}{error.strerror or error}{room}; nothing was done"
    if isinstance(error, MemoryError):
        return (
            "there is not enough memory; nothing was done: free some, or work on fewer days at once"
        )
    psycopg = sys.modules.get("psycopg")
    if psycopg is not None and isinstance(error, psycopg.Error):
        state = error.sqlstate or ""
        if state[:2] in _OF_THE_SERVER or state == "42501":
            said = str(error).strip().partition("\n")[0]
            return f"the database refused: {said}; nothing of it was posted: mend its server or its rights, then do it again"
    polars = sys.modules.get("polars")
    if polars is not None and isinstance(error, polars.exceptions.PolarsError):
        kind, _, said = str(error).partition("\n")[0].partition(": ")
        if kind == "parquet":
            return f"a file of the book's calls is damaged ({said}); nothing was done: minutebook verify says which, put it back from a backup"
    return f"{type(error).__name__}: {error}; set MINUTEBOOK_DEBUG=1 to see where, and please report it"


_OF_THE_SERVER = ("08", "28", "3D", "53", "57", "58")
"""Classes of SQLSTATE that tell of the server, its resources and its operators, not of us."""


def _room() -> str:
    """What is left on the disks that commands write to."""
    import shutil
    import tempfile

    places = {"this folder": os.getcwd(), "temporary files": tempfile.gettempdir()}  # noqa: PTH109
    return ", ".join(
        f"{shutil.disk_usage(place).free / 1e6:,.0f} MB are free for {what} ({place})"
        for what, place in places.items()
    )
