"""Options that several commands have alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

First = Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first UTC day.")]
Last = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="The last UTC day, included.")
]
Month = Annotated[
    str | None,
    typer.Option("--month", metavar="YYYY-MM", help="A whole month, instead of --from and --to."),
]
Provider = Annotated[
    str | None,
    typer.Option(
        "--provider", metavar="NAME", help="What we owe this provider, instead of an account."
    ),
]
Growth = Annotated[
    str, typer.Option(metavar="G", help="What if there is so much more traffic, as in 20%.")
]
CpsLimit = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="What if no more attempts a second are taken."),
]
Report = Annotated[
    Path | None, typer.Option(metavar="FILE.html", help="Write it as a page with pictures too.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Write over a file that Minutebook did not write.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what it would come to, and do nothing.")
]
AnsweredAt = Annotated[
    str | None, typer.Option("--at", metavar="AT", help="When it is answered. Left out: now.")
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")]


def need_reason(reason: str | None) -> str:
    """The reason that is said; what is kept without one would say nothing later."""
    if reason is None or not reason.strip():
        raise typer.BadParameter("say why, with --reason TEXT; it is kept")
    return reason.strip()
