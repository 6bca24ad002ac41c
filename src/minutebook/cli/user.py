"""`minutebook user …`: the people who ask the book in a browser."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from minutebook.cli import options
from minutebook.cli.context import book_of, format_of, prints
from minutebook.cli.output import show
from minutebook.errors import InputError
from minutebook.show.listings.people import SESSIONS, USER_PASSWORD, USERS
from minutebook.show.tables import Sheet

if TYPE_CHECKING:
    from minutebook.access.user import User

app = typer.Typer(
    help="People who ask in a browser: add, list, disable, passwords, sessions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_ROLES = "What the user may ask: admin, engineer, finance, read-only or customer."
_LONGEST_LINE = 1000
_Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
_Role = Annotated[str, typer.Option(metavar="R", help=_ROLES)]
_Account = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="With --role customer: the account that the user is for."),
]
_FromStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help="Read the password from standard input; left out: one is made up."
    ),
]


@app.command("add")
@prints(USERS, [USER_PASSWORD])
def add(
    context: typer.Context,
    name: _Name,
    role: _Role,
    account: _Account = None,
    password_stdin: _FromStdin = False,
) -> None:
    """Make a user, who may sign in at once. A password that is made up is printed this once, and is to be changed at the
    first sign-in.

    \b
    Examples:
      minutebook user add anna --role finance
      minutebook user add acme-billing --role customer --account acme
      minutebook user add root --role admin --password-stdin < password
    """
    given = _read_password() if password_stdin else None
    with book_of(context) as book:
        made, password = book.users.add(name, role, account, given)
    _show_with_password(context, made, None if password_stdin else password)


@app.command("list")
@prints(USERS)
def list_(context: typer.Context) -> None:
    """List the users, those who are disabled among them.

    \b
    Example:
      minutebook user list
    """
    from minutebook.show.users import UserView

    with book_of(context) as book:
        views = [UserView.of(user) for user in book.users.list()]
    show(format_of(context), views, Sheet(USERS, views))


@app.command("disable")
@prints(USERS)
def disable(context: typer.Context, name: _Name, reason: options.Reason) -> None:
    """Disable a user, who is signed out everywhere and may not sign in.

    \b
    Example:
      minutebook user disable anna --reason "left the company"
    """
    with book_of(context) as book:
        user = book.users.disable(name, reason)
    _show_with_password(context, user, None)


@app.command("enable")
@prints(USERS)
def enable(context: typer.Context, name: _Name, reason: options.Reason) -> None:
    """Let a user who was disabled sign in again.

    \b
    Example:
      minutebook user enable anna --reason "is back"
    """
    with book_of(context) as book:
        user = book.users.enable(name, reason)
    _show_with_password(context, user, None)


@app.command("role")
@prints(USERS)
def role_(context: typer.Context, name: _Name, role: _Role, account: _Account = None) -> None:
    """Give a user another role; the user is signed out everywhere.

    \b
    Example:
      minutebook user role anna --role read-only
    """
    with book_of(context) as book:
        user = book.users.give_role(name, role, account)
    _show_with_password(context, user, None)


@app.command("password")
@prints(USERS, [USER_PASSWORD])
def password_(context: typer.Context, name: _Name, password_stdin: _FromStdin = False) -> None:
    """Give a user another password, who is signed out everywhere; a lock after wrong tries ends. A password that is made up is printed this
    once, and is to be changed at the next sign-in.

    \b
    Examples:
      minutebook user password anna
      minutebook user password anna --password-stdin < password
    """
    given = _read_password() if password_stdin else None
    with book_of(context) as book:
        password = book.users.set_password(name, given)
        user = book.users.show(name)
    _show_with_password(context, user, None if password_stdin else password)


@app.command("reset-second-factor")
@prints(USERS)
def reset_second_factor(context: typer.Context, name: _Name) -> None:
    """Take a user's second factor away, for who has lost the device and the recovery codes; the user is signed out everywhere.

    \b
    Example:
      minutebook user reset-second-factor anna
    """
    with book_of(context) as book:
        book.users.reset_second_factor(name)
        user = book.users.show(name)
    _show_with_password(context, user, None)


@app.command("sessions")
@prints(SESSIONS)
def sessions(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Of one user; left out: of all.")
    ] = None,
    end: Annotated[
        bool, typer.Option("--end", help="End the sessions of the user, or the one of --session.")
    ] = False,
    session: Annotated[
        int | None, typer.Option(metavar="N", help="With --end: this one alone.")
    ] = None,
) -> None:
    """List the sessions that have not ended; with --end, those that are left once some are ended.

    \b
    Examples:
      minutebook user sessions
      minutebook user sessions anna --end
      minutebook user sessions anna --end --session 12
    """
    from minutebook.show.users import SessionView

    if end and name is None:
        raise InputError("--end ends the sessions of one user; say NAME")
    if session is not None and not end:
        raise InputError("--session says which session is ended; say --end too")
    with book_of(context) as book:
        if name is not None:
            book.users.show(name)
            if end:
                book.sessions.end_of(name, session)
        views = [SessionView.of(one) for one in book.sessions.list(name)]
    show(format_of(context), views, Sheet(SESSIONS, views))


def _read_password() -> str:
    """The first line of standard input, without its end."""
    line = sys.stdin.readline(_LONGEST_LINE)
    if not line.strip():
        raise InputError("standard input holds no password; write it there, in one line")
    return line.rstrip("\r\n")


def _show_with_password(context: typer.Context, user: User, password: str | None) -> None:
    from minutebook.show.serialise import OMITTED
    from minutebook.show.users import UserView

    view = UserView.of(user, OMITTED if password is None else password)
    notes = [] if password is None else [
        f"The password is {password}",
        "Hand it over where nobody else reads it: it is not shown again.",
    ]  # fmt: skip
    columns = USERS if password is None else [*USERS, USER_PASSWORD]
    show(format_of(context), view, Sheet(columns, [view], notes=notes))
