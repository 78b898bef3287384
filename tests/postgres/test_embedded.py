"""The embedded server: started, shared, stopped with its last user, and back after whatever was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree

import pytest

from regulars.postgres import cluster
from regulars.postgres.binaries import VERSION, binary
from regulars.postgres.connect import connect
from regulars.postgres.embedded import EmbeddedServer, start
from regulars.postgres.unavailable import DatabaseUnavailable

JOIN = (
    "import sys; from pathlib import Path; from regulars.postgres.embedded import start; s = start(Path(sys.argv[1]));"
)


def asked(server: EmbeddedServer, sql: str) -> object:
    async def ask() -> object:
        connection = await connect(server.dsn())
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(ask())


def joined(folder: Path, then: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", JOIN + then, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def known() -> Iterator[Path]:
    """A data folder that has been used before; making a new one takes ten times as long as starting it again."""
    folder = Path(os.environ["REGULARS_TEST_FOLDER"]) / f"known-{os.getpid()}"
    start(folder, {"work_mem": "5MB"}).close()
    yield folder
    rmtree(folder)


@pytest.fixture
def folder(known: Path, data_folder: Path) -> Path:
    assert cluster.postmaster(known / "postgres") is None, "a test left its server running"
    return known


def test_a_new_folder_becomes_a_server_that_answers_with_the_settings_it_was_given(folder: Path) -> None:
    with start(folder) as server:
        assert asked(server, "show server_version_num").startswith(str(VERSION))  # type: ignore[attr-defined]
        assert asked(server, "show work_mem") == "5MB"
        assert asked(server, "show synchronous_commit") == "on"
        assert asked(server, "show fsync") == "on"
        assert asked(server, "show listen_addresses") == ""


def test_what_the_environment_says_of_another_server_does_not_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "nowhere")
    with start(folder) as server:
        assert asked(server, "select 1") == 1


def test_who_comes_second_joins_and_only_who_leaves_last_stops_the_server(folder: Path) -> None:
    first = start(folder)
    second = start(folder)
    assert first.pid == second.pid is not None
    first.close()
    first.close()
    assert asked(second, "select 1") == 1
    second.close()
    assert second.pid is None


def test_processes_that_start_at_once_share_one_server(folder: Path) -> None:
    helpers = [joined(folder, "print(s.pid, flush=True); sys.stdin.read()") for _ in range(3)]
    pids = {helper.stdout.readline() for helper in helpers if helper.stdout}
    for helper in helpers:
        helper.terminate()
        helper.communicate()
    with start(folder) as server:
        assert pids == {f"{server.pid}\n"}


def test_a_killed_server_comes_back_with_everything_that_was_committed(folder: Path) -> None:
    with start(folder) as server:
        asked(server, "create table kept as select 42 as answer")
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        with start(folder) as again:
            assert again.pid not in {killed, None}
            assert asked(again, "select answer from kept") == 42
            assert asked(server, "drop table kept") is None


def test_a_server_that_is_listed_and_ready_but_does_not_answer_is_none(folder: Path) -> None:
    # So it looks in the moment after a kill: the process has not left yet, and its pid file says ready.
    data = folder / "postgres"
    with start(folder) as server, ThreadPoolExecutor(1) as aside:
        stopped = server.pid
        assert stopped is not None
        assert cluster.answers(data)
        os.kill(stopped, signal.SIGSTOP)
        assert cluster.postmaster(data) == stopped
        assert cluster.ready(data)
        assert not cluster.answers(data)
        starting = aside.submit(start, folder)
        os.kill(stopped, signal.SIGKILL)
        with starting.result() as again:
            assert again.pid not in {stopped, None}
            assert asked(again, "select 1") == 1


def test_a_server_that_is_going_down_is_waited_for_and_started_again(folder: Path) -> None:
    with start(folder) as server:
        leaving = server.pid
        assert leaving is not None
        os.kill(leaving, signal.SIGINT)
        while cluster.ready(folder / "postgres"):
            pass
        with start(folder) as again:
            assert asked(again, "select 1") == 1
            assert again.pid != leaving


def test_a_user_that_was_killed_is_forgotten_and_the_next_to_leave_stops_the_server(folder: Path) -> None:
    helper = joined(folder, "import os, signal; print(s.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)")
    printed, _ = helper.communicate()
    assert helper.returncode == -signal.SIGKILL
    with start(folder) as server:
        assert printed == f"{server.pid}\n"
        assert asked(server, "select 1") == 1
    assert server.pid is None


def test_a_pid_file_that_names_another_living_program_does_not_stop_the_start(folder: Path) -> None:
    with start(folder) as server:
        assert server.pid is not None
        pid_file = folder / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        os.kill(server.pid, signal.SIGKILL)
        pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
        with start(folder) as again:
            assert asked(again, "select 1") == 1


def test_a_forked_child_that_leaves_does_not_stop_what_its_parent_uses(folder: Path) -> None:
    then = (
        "import os; child = os.fork(); (s.close(), os._exit(0)) if child == 0 else os.waitpid(child, 0); print(s.pid)"
    )
    helper = joined(folder, then)
    printed, _ = helper.communicate()
    assert printed.strip().isdigit()


def test_a_making_that_was_cut_short_is_made_anew_under_a_path_too_long_for_a_socket(data_folder: Path) -> None:
    folder = data_folder / ("a rather long name " * 8).strip()
    rubbish = folder / "postgres.making"
    rubbish.mkdir(parents=True)
    (rubbish / "PG_VERSION").write_text("half")
    with start(folder) as server:
        assert asked(server, "select 1") == 1
        assert server.socket_folder != folder / "postgres"
    rmtree(server.socket_folder)


def test_data_of_another_version_are_refused_with_a_hint(data_folder: Path) -> None:
    (data_folder / "postgres").mkdir()
    (data_folder / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(DatabaseUnavailable, match="PostgreSQL 12") as refused:
        start(data_folder)
    assert "dump" in refused.value.hint


def test_a_folder_that_cannot_be_made_is_refused_with_a_hint(data_folder: Path) -> None:
    (data_folder / "file").write_text("")
    with pytest.raises(DatabaseUnavailable, match="cannot be used") as refused:
        start(data_folder / "file" / "data")
    assert "REGULARS_DATABASE_URL" in refused.value.hint


@pytest.mark.parametrize("name", ["postgres", "psql", "pgbench", "pg_dump", "initdb", "pg_ctl"])
def test_the_programs_of_the_server_are_there_and_run(name: str) -> None:
    printed = subprocess.run([binary(name), "--version"], capture_output=True, text=True, check=True).stdout
    assert f" {VERSION}." in printed


def test_a_program_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(DatabaseUnavailable, match="pg_nothing"):
        binary("pg_nothing")
