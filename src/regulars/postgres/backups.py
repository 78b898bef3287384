"""Backups of the embedded server: whole copies, the log of everything between them, and the way back to any moment.

A folder of backups holds `base/MOMENT`, a copy that was whole at that moment (UTC), and `wal`, to where the server
copies its log from the first backup on. From both, the data as of a moment is made again in another folder.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shlex
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from regulars.postgres import cluster
from regulars.postgres.connect import connect
from regulars.postgres.embedded import EmbeddedServer, start
from regulars.postgres.service_user import give, service_user
from regulars.postgres.unavailable import DatabaseUnavailable
from regulars.words.moments import Moment

SECONDS: Final = 60
"""A part of the log is copied at least so often while something is written."""

_NAME: Final = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
_ARCHIVING: Final = ("archive_mode", "archive_command", "archive_timeout")
_RECOVERING: Final = ("restore_command", "recovery_target_time", "recovery_target_action", "hot_standby")
_TOO_FAR: Final = "before configured recovery target"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOW: Final = "select (extract(epoch from clock_timestamp()) * 1000000)::bigint"
_LAST: Final = "select (extract(epoch from pg_last_xact_replay_timestamp()) * 1000000)::bigint"


def backups(folder: Path) -> list[str]:
    """The moments of the whole copies in a folder, oldest first, as 20260302T090000.000000Z."""
    base = folder / "base"
    return sorted(one.name for one in base.iterdir() if _NAME.fullmatch(one.name)) if base.is_dir() else []


def backup(data: Path, folder: Path) -> str:
    """The moment of the copy that was made of the embedded server's data, and that was read again and found whole.

    From the first backup on the server copies its log to the folder too. Raises `DatabaseUnavailable` when it cannot: the
    first time, it must be the only one that uses the server.
    """
    data, folder = data.expanduser().resolve(), folder.expanduser().resolve()
    place = data / "postgres"
    for made in (folder, folder / "base", folder / "wal"):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
        give(made, service_user(place))
    with start(data) as server:
        if asyncio.run(_archive(server, folder / "wal")):
            return _copy(server, place, folder / "base")
    # It has stopped if nobody else uses it, and starts with the new words.
    with start(data) as server:
        if asyncio.run(_archive(server, folder / "wal")):
            return _copy(server, place, folder / "base")
    raise DatabaseUnavailable(
        "The server has to start anew before it can copy its log, and somebody else uses it.",
        "Stop `regulars serve` and `regulars worker` once, and repeat the command.",
    )


def restore(folder: Path, data: Path, until: Moment | None = None) -> Moment | None:
    """When the last commit was made that came back, None when none was since the copy: the data as of a moment, or as of the
    last that was copied, in a data folder that was empty.

    The new server does not copy its log: make a backup of it before it takes the old one's place. Raises
    `DatabaseUnavailable` when there is no copy so old, or the log does not reach so far; then nothing is left behind.
    """
    data, folder = data.expanduser().resolve(), folder.expanduser().resolve()
    place = data / "postgres"
    if place.exists():
        raise DatabaseUnavailable(f"There is a database in {data} already.", "Restore into another folder.")
    name = chosen(backups(folder), until)
    if name is None:
        raise DatabaseUnavailable(
            f"There is no backup in {folder}" + (f" from before {_written(until)}." if until is not None else "."),
            "`regulars db backup` makes one; its log leads only onwards from there.",
        )
    data.mkdir(parents=True, exist_ok=True)
    try:
        _lay_out(folder, name, place, until)
        with start(data) as server:
            return asyncio.run(_finish(server))
    except DatabaseUnavailable as error:
        shutil.rmtree(place, ignore_errors=True)
        if until is None or _TOO_FAR not in error.problem:
            raise
        raise DatabaseUnavailable(
            f"The log in {folder} does not reach to {_written(until)}.", "Leave --until out to get all that was copied."
        ) from error


def chosen(moments: Sequence[str], until: Moment | None) -> str | None:
    """The newest of the copies that was whole by a moment."""
    return max((one for one in moments if until is None or one <= stamp(until)), default=None)


def stamp(at: Moment) -> str:
    """The name of a copy that was whole at a moment."""
    return (_EPOCH + timedelta(microseconds=at)).strftime("%Y%m%dT%H%M%S.%fZ")


def _written(at: Moment) -> str:
    return (_EPOCH + timedelta(microseconds=at)).isoformat(sep=" ")


def forget(folder: Path, keep: int) -> list[str]:
    """The moments of the copies that were taken away: all but the newest `keep`, with the log from before the oldest kept."""
    folder = folder.expanduser().resolve()
    moments = backups(folder)
    old, kept = moments[:-keep], moments[-keep:]
    for one in old:
        shutil.rmtree(folder / "base" / one)
    if old and kept:
        label = (folder / "base" / kept[0] / "backup_label").read_text(encoding="utf-8")
        first = re.search(r"file ([0-9A-F]{24})", label)
        assert first is not None, "a backup says with which part of the log it begins"
        cluster.run(folder / "base" / kept[0], "pg_archivecleanup", str(folder / "wal"), first[1])
    return old


async def _archive(server: EmbeddedServer, log: Path) -> bool:
    """Whether the server copies its log to the folder from now on; if not, it will once it was started anew."""
    to = shlex.quote(str(log)).replace("%", "%%")
    command = f"if test -f {to}/%f; then cmp -s %p {to}/%f; else cp %p {to}/%f.part && mv {to}/%f.part {to}/%f; fi"
    connection = await connect(server.dsn())
    try:
        for name, value in zip(_ARCHIVING, ("on", command, f"{SECONDS}s"), strict=True):
            said = await connection.fetchval("select quote_literal($1)", value)
            await connection.execute(f"alter system set {name} = {said}")
        await connection.execute("select pg_reload_conf()")
        return str(await connection.fetchval("show archive_mode")) == "on"
    finally:
        await connection.close()


def _copy(server: EmbeddedServer, place: Path, base: Path) -> str:
    making = base / "making"
    # A copy that was cut short is of no use to anybody.
    shutil.rmtree(making, ignore_errors=True)
    reached = ("--host", str(server.socket_folder), "--port", str(cluster.PORT), "--username", cluster.SUPERUSER)
    how = ("--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256", "--pgdata", str(making))
    cluster.run(place, "pg_basebackup", *reached, *how)
    read_again(making)
    name = stamp(asyncio.run(_now(server)))
    making.rename(base / name)
    return name


def read_again(copy: Path) -> None:
    """Raises `DatabaseUnavailable` unless every file is on the disk as the server has sent it."""
    manifest = json.loads((copy / "backup_manifest").read_bytes())
    for file in manifest["Files"]:
        path = copy / (file["Path"] if "Path" in file else os.fsdecode(bytes.fromhex(file["Encoded-Path"])))
        with path.open("rb") as read:
            same = hashlib.file_digest(read, "sha256").hexdigest() == file["Checksum"]
        if not same:
            raise DatabaseUnavailable(f"{path} is not what the server has sent.", "Look at the disk, and copy again.")


async def _now(server: EmbeddedServer) -> Moment:
    connection = await connect(server.dsn())
    try:
        return int(await connection.fetchval(_NOW))
    finally:
        await connection.close()


def _lay_out(folder: Path, name: str, place: Path, until: Moment | None) -> None:
    """Puts a copy where a server will start on it, with the words that make it replay the log."""
    making = place.with_name("postgres.restoring")
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(folder / "base" / name, making, symlinks=True)
    log = shlex.quote(str(folder / "wal")).replace("%", "%%")
    words = {
        "restore_command": f"cp {log}/%f %p",
        "recovery_target_action": "promote",
        # Whoever waits for the server waits until it has come to the moment.
        "hot_standby": "off",
        "archive_mode": "off",
    }
    if until is not None:
        words["recovery_target_time"] = _written(until)
    with (making / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.writelines(f"{key} = '{value.replace(chr(39), chr(39) * 2)}'\n" for key, value in words.items())
    (making / "recovery.signal").touch()
    user = service_user(place)
    for path in (making, *making.rglob("*")):
        if user is not None:
            shutil.chown(path, user.pw_uid, user.pw_gid)
    give(making, user)
    making.rename(place)


async def _finish(server: EmbeddedServer) -> Moment | None:
    connection = await connect(server.dsn())
    try:
        for name in (*_RECOVERING, *_ARCHIVING):
            await connection.execute(f"alter system reset {name}")
        await connection.execute("select pg_reload_conf()")
        last = await connection.fetchval(_LAST)
        return None if last is None else int(last)
    finally:
        await connection.close()
