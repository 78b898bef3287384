"""Whom the embedded server runs as: the present user, or an ordinary one when the present user is root.

PostgreSQL refuses to run as root, since a mistake in it would then be a mistake in the whole machine.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from regulars.postgres.unavailable import DatabaseUnavailable

NAMES: Final = ("postgres", "pgserver")
"""Who serves when root starts the server: the user of a distribution's own package, or the last, made if missing."""

_READ_AND_RUN: Final = stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH
_PASS: Final = stat.S_IXOTH


def service_user(data: Path) -> pwd.struct_passwd | None:
    """The user to run as, or None to stay who we are.

    A data folder that exists keeps its owner, so what was started once can be started again.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    for name in NAMES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return _made(NAMES[-1])


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments for `subprocess.run` that make it run as this user, with none of the caller's PostgreSQL settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if user is None:
        return {"env": environment}
    environment |= {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name}
    return {"env": environment, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give(path: Path, user: pwd.struct_passwd | None) -> None:
    """Makes the folder the user's own and lets the user pass through the folders above it; opens none for reading."""
    if user is None:
        return
    os.chown(path, user.pw_uid, user.pw_gid)
    _let_pass(path)


def let_run(programs: Path, user: pwd.struct_passwd | None) -> None:
    """Lets the user run the programs of an installation, which a strict umask may have closed to all but root."""
    if user is None:
        return
    _let_pass(programs)
    if programs.stat().st_mode & _READ_AND_RUN == _READ_AND_RUN:
        return
    installation = programs.parent
    libraries = installation.parent.parent / f"{installation.parent.name}.libs"
    for path in (installation, *_below(installation), *_below(libraries)):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | _READ_AND_RUN)


def _below(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield folder
        yield from folder.rglob("*")


def _let_pass(path: Path) -> None:
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & _PASS:
            parent.chmod(mode | _PASS)


def _made(name: str) -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")
    if useradd is not None:
        command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", name]
        subprocess.run(command, capture_output=True, check=False)
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise DatabaseUnavailable(
            "PostgreSQL does not run as root, and no ordinary user could be made for it.",
            f"Run as an ordinary user, or make a user named {name}.",
        ) from None
