"""One PostgreSQL data folder and its server process: made, launched, looked at, stopped.

Says nothing about who may do so when: `embedded` gives everybody a turn.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import psutil

from regulars.postgres import binaries
from regulars.postgres.service_user import as_user, give, let_run, service_user
from regulars.postgres.unavailable import DatabaseUnavailable

SUPERUSER: Final = "postgres"
PORT: Final = 5432
_LONGEST_SOCKET_PATH: Final = 103
"""Bytes: macOS has room for 104 with the closing zero, Linux for 108."""
_LEAVING_SECONDS: Final = 30
_ANSWER_SECONDS: Final = 2
_MAY_WE_ENCRYPT: Final = struct.pack("!II", 8, 80877103)
"""The request that a server of any state answers with one letter, before it asks who is there (SSLRequest)."""


def create(data: Path, settings: Mapping[str, str], database: str) -> None:
    """Makes a new data folder with one empty database, whole or not at all."""
    user = service_user(data)
    made = data.with_name(f"{data.name}.making")
    # A making that was cut short is of no use to anybody.
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    give(made, user)
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    options += ["--builtin-locale=C.UTF-8", f"--username={SUPERUSER}", f"--pgdata={made}"]
    for name, value in settings.items():
        options += ["-c", f"{name}={value}"]
    run(made, "initdb", *options)
    statement = f'create database "{database}"\n'
    run(made, "postgres", "--single", "-D", str(made), "postgres", said=statement)
    made.rename(data)


def require_same_version(data: Path) -> None:
    """Raises `DatabaseUnavailable` unless the data folder was made by the version that is run."""
    try:
        version = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        version = "?"
    if version != str(binaries.VERSION):
        raise DatabaseUnavailable(
            f"The data in {data} are of PostgreSQL {version}, the embedded server is {binaries.VERSION}.",
            "Move that folder away, or dump it with the old version and load it into the new one.",
        )


def socket_folder(data: Path) -> Path:
    """Where the server has its socket: in the data folder, or in a temporary one when that is too long for one."""
    if len(os.fsencode(data / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET_PATH:
        return data
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"regulars-{mark}"


def log(data: Path) -> Path:
    """The server's own log file."""
    return data / "server.log"


def launch(data: Path, seconds: int) -> None:
    """Starts the server and waits until it answers, or raises `DatabaseUnavailable` with the end of its log."""
    sockets = socket_folder(data)
    if sockets != data:
        _make_private(sockets, data)
    options = {"listen_addresses": "", "unix_socket_directories": str(sockets), "port": str(PORT)}
    words = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in options.items())
    run(data, "pg_ctl", "-s", "-w", "-t", str(seconds), "-D", str(data), "-l", str(log(data)), "-o", words, "start")


def stop(data: Path, turn: int) -> None:
    """Stops the server, cutting off whoever is still connected; does nothing when it is not running.

    The descriptor that holds the caller's turn is shared with the stopping program, so that the turn lasts until the
    server is down even if the caller is killed.
    """
    if postmaster(data) is not None:
        run(data, "pg_ctl", "-s", "-w", "-D", str(data), "-m", "fast", "stop", keep=(turn,))


def postmaster(data: Path) -> int | None:
    """The process id of the running server of this data folder, or None."""
    lines = _pid_file(data)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    return pid if any(process.pid == pid for process in _processes(data)) else None


def ready(data: Path) -> bool:
    """Whether the server says that it takes connections."""
    lines = _pid_file(data)
    return len(lines) >= 8 and lines[7].strip() == "ready"


def answers(data: Path) -> bool:
    """Whether the server takes a connection and speaks: a process that was killed a moment ago may still be listed, and its pid
    file says ready for good.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
            asked.settimeout(_ANSWER_SECONDS)
            asked.connect(str(socket_folder(data) / f".s.PGSQL.{PORT}"))
            asked.sendall(_MAY_WE_ENCRYPT)
            return len(asked.recv(1)) == 1
    except OSError:
        return False


def clear_remains(data: Path) -> bool:
    """Waits until the last process of a killed server has left, then takes away its pid file and its socket's lock.

    False, with nothing taken away, when a server has come up meanwhile: whoever started it was killed since.

    PostgreSQL does so itself, except where the old process id lives on: as a zombie that nobody collects, or as
    another program after a container was started anew. Taking the files away under living processes would cost the
    data, so they are looked for by the folder they work in.
    """
    deadline = time.monotonic() + _LEAVING_SECONDS
    while any(_processes(data)):
        if postmaster(data) is not None:
            return False
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"Processes of a PostgreSQL that was killed still work in {data}.",
                "End them, then start again.",
            )
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)
    (socket_folder(data) / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    return True


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _processes(data: Path) -> Iterator[psutil.Process]:
    """The living processes of this data folder's server, which all work in that folder."""
    for process in psutil.process_iter(["name", "status"]):
        if not str(process.info["name"]).startswith("postgres") or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if Path(process.cwd()) == data:
                yield process
        except (psutil.Error, OSError):
            continue


def _make_private(sockets: Path, data: Path) -> None:
    user = service_user(data)
    sockets.mkdir(mode=0o700, exist_ok=True)
    # The name can be guessed and the temporary folder is everybody's: what stands there must be a folder of ours.
    owner = sockets.lstat().st_uid
    if sockets.is_symlink() or owner not in {os.geteuid(), user.pw_uid if user else os.geteuid()}:
        raise DatabaseUnavailable(f"{sockets} belongs to somebody else.", "Choose a data folder with a shorter path.")
    give(sockets, user)


def run(data: Path, name: str, *arguments: str, said: str | None = None, keep: tuple[int, ...] = ()) -> None:
    """Runs one of PostgreSQL's programs as the user whom the data folder belongs to; raises `DatabaseUnavailable`."""
    user = service_user(data)
    let_run(binaries.folder(), user)
    # A pipe would be inherited by the server and never end, so what is printed goes to a file.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as printed:
        ended = subprocess.run(
            [binaries.binary(name), *arguments],
            input=said,
            stdin=subprocess.DEVNULL if said is None else None,
            stdout=printed,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=data,
            pass_fds=keep,
            **as_user(user),
        )
        if ended.returncode == 0:
            return
        printed.seek(0)
        told = " / ".join([*printed.read().splitlines(), *_end_of_log(data)][-5:]) or "it said nothing"
    raise DatabaseUnavailable(
        f"The embedded PostgreSQL failed at {name} (exit {ended.returncode}): {told}.",
        f"Its data are in {data}. To use a server of your own instead, set REGULARS_DATABASE_URL.",
    )


def _end_of_log(data: Path) -> list[str]:
    try:
        return log(data).read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    except OSError:
        return []
