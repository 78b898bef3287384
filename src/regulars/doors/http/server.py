"""Serves the door on a socket: granian's workers, each a process with an application of its own."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import structlog
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server
from msgspec import Struct

from regulars.doors.http.app import App, Opening, make_app
from regulars.doors.http.limits import USUAL, Limits

PATIENCE: Final = 30
"""Seconds that a stopping process has to answer what it took."""


class Options(Struct, frozen=True):
    """Where the door stands and how many processes serve it; `limit` is the usual one of a caller, requests a minute."""

    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 1
    limit: int = USUAL
    log_as_json: bool = False


def serve(opening: Opening, options: Options) -> None:
    """Serves until a signal stops it: SIGTERM and SIGINT let every process answer what it took."""
    server = Server(
        "regulars",
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGI,
        workers=options.processes,
        loop=Loops.uvloop,
        websockets=False,
        log_level=LogLevels.warning,
        backlog=2048,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=PATIENCE,
    )
    server.serve(target_loader=partial(_load, opening, options), wrap_loader=False)


def _load(opening: Opening, options: Options, *_: Any) -> App:
    """The application of one process."""
    start_logging(options.log_as_json)
    end_with_parent()
    return make_app(opening, Limits(options.limit))


def end_with_parent() -> None:
    """Lets this process end, as by a signal, when the one that started it was killed: nobody else would ever stop it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def start_logging(as_json: bool) -> None:
    """Sends what is logged to standard error, a line each: as JSON, or for a person to read.

    Nothing that was sent is ever logged: routes, codes, times and names of exceptions only.
    """
    renderer: Callable[..., Any] = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    # The driver tells a traceback each time that it finds no server; here that is one line, and a problem to whoever asked.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
