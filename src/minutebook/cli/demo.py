"""`minutebook demo`: make a small real book, bill it, show it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from minutebook.cli import terminal
from minutebook.errors import InputError


def demo_(
    path: Annotated[
        Path | None, typer.Argument(help="Where to make the book. Left out: a temporary folder.")
    ] = None,
) -> None:
    """Make a small carrier's book from calls recorded on a real SIP proxy, bill it, and show it.

    Every command is printed before its result, so that it can be typed again.

    \b
    Examples:
      minutebook demo
      minutebook demo carrier
    """
    examples = _examples()
    folder = path or Path(tempfile.mkdtemp(prefix="minutebook-demo-")) / "carrier"
    show = _Show(folder)
    show.say(
        "A small carrier bills its first days: five customers, two plans, a card of 110,000 prefixes, "
        "and the calls that a Kamailio proxy recorded around midnight of 31 October."
    )
    show.run("init", str(folder), book=False)
    show.say("It declares its plans, customers, switches and where its records come from:")
    show.run("apply", str(examples / "carrier" / "carrier.toml"))
    deck = folder / "a-z.csv"
    _write(examples, "deck.py", deck)
    show.run("card", "import", "a-z", str(deck))
    show.say("Calls come in. What cannot be placed is set aside with its reason, never dropped:")
    records = str(examples / "cdrs" / "acc_cdrs.csv")
    show.run("import", "kamailio", records, "--source", "proxy")
    show.say("The same file again adds nothing:")
    show.run("import", "kamailio", records, "--source", "proxy")
    show.say("Customers pay; a payment counts once by its reference:")
    show.run("pay", "northstar", "100.00", "--reference", "bank-1", "--at", "2026-10-31")
    show.run("pay", "cobalt", "25.00", "--reference", "bank-2", "--at", "2026-10-31")
    show.say("The period is billed; a second run would post nothing:")
    show.run("bill", "--through", "2026-11-01")
    show.say("Each customer's statement, exact to the last digit:")
    for account in ("northstar", "meridian", "cobalt", "delta", "harbour"):
        show.run("statement", account, "--from", "2026-10-31", "--to", "2026-11-01")
    show.run("balance")
    show.say("One call, from its record to the ledger:")
    show.run("explain", _a_call(folder))
    show.say(
        "One more customer is declared. Its calls, which waited in quarantine, go in at the next run:"
    )
    show.run("apply", str(examples / "carrier" / "fjord.toml"))
    show.run("bill", "--through", "2026-11-01")
    show.run("statement", "fjord", "--from", "2026-10-31", "--to", "2026-11-01")
    _both_models(show, examples, folder)
    show.say("And the whole book, proved:")
    show.run("verify")
    show.say(
        f"The book is {folder}. Go on with, for example:\n"
        f"  cd {folder}\n"
        "  minutebook calls northstar --from 2026-10-31 --to 2026-10-31\n"
        "  minutebook calls --quarantine\n"
        "  minutebook totals --from 2026-10-31 --to 2026-11-01 --by destination\n"
        "  minutebook price +442079460123 73 --plan a-z\n"
        "See it in a browser, at the address that the second command prints, with the password that the first does:\n"
        "  minutebook user add me --role admin\n"
        "  minutebook serve\n"
        "Read docs/, written for administrators, engineers and finance people."
    )
    _stop(folder)


def _both_models(show: _Show, examples: Path, folder: Path) -> None:
    """The same traffic by the minute and by the channel, and a customer that moves."""
    show.say(
        "Minutes or channels? Aurora's calls of October are here twice, under a plan of each model, and "
        "Borealis, with the same calls, moves to 20 channels half-way through the month:"
    )
    show.run("apply", str(examples / "carrier" / "models.toml"))
    calls = folder / "october.csv"
    _write(examples, "october.py", calls)
    show.run("import", "auto", str(calls))
    show.run("switch", "borealis", "channels", "--channels", "20", "--on", "2026-10-16")
    show.run("bill", "--through", "2026-11-01")
    show.say(
        "By the minute 31 days of traffic cost more than 20 channels do; but no server comes free:"
    )
    month = ("--month", "2026-10")
    for account in ("aurora-m", "aurora-c"):
        show.run("minimum", account, *month)
    show.say(
        "Aurora's calls meet the minimum of its servers; its channels do not, and what is short is "
        "charged on the last day. How the channels bought fit the traffic:"
    )
    days = ("--from", "2026-10-29", "--to", "2026-10-31")
    show.run("statement", "aurora-c", *days)
    show.run("channels", "aurora-c", *days)
    show.say("Borealis pays minutes up to the 15th and channels from the 16th, no day both:")
    show.run("statement", "borealis", "--from", "2026-10-14", "--to", "2026-10-17")
    show.say("It has not paid, and the run suspended it. A payment that covers it ends that:")
    show.run("balance", "borealis")
    show.run("pay", "borealis", "50.00", "--reference", "bank-3", "--at", "2026-11-02")
    show.run("account", "show", "borealis")


class _Show:
    """Runs commands on the demo's book, each printed as it would be typed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def say(self, words: str) -> None:
        terminal.write(f"\n{terminal.paragraph(words, hang=0)}\n\n")

    def run(self, *words: str, book: bool = True) -> None:
        from minutebook.cli import run

        terminal.write(f"$ minutebook {' '.join(words)}\n")
        status = run([*(["--book", str(self._folder)] if book else []), *words])
        if status:
            raise typer.Exit(status)


def _examples() -> Path:
    folder = Path(__file__).resolve().parents[3] / "examples"
    if not folder.is_dir():
        raise InputError(
            "the demo reads the examples folder of the source; run it from a clone: make demo"
        )
    return folder


def _write(examples: Path, script: str, file: Path) -> None:
    """A file of the example that is made rather than kept: it has thousands of rows."""
    import runpy

    runpy.run_path(str(examples / "carrier" / script))["write"](file)


def _a_call(folder: Path) -> str:
    """An answered call of some length, to explain."""
    from datetime import date

    from minutebook.book import opened

    with opened(folder) as book:
        calls = book.calls.rated("northstar", date(2026, 10, 31), date(2026, 10, 31))
    chosen: str = calls.sort("billed_seconds", "call_id", descending=True)["call_id"][0]
    return chosen


def _stop(folder: Path) -> None:
    from minutebook.book import opened

    with opened(folder) as book:
        book.stop()
