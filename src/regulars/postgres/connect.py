"""Connections to PostgreSQL: one, a pool, a transaction; and one exception, with a hint, when there is none to be had.

`bytea` columns take and give plain `bytes`; `jsonb` takes and gives text, since who writes it has already made text
of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote, urlsplit

import asyncpg

from regulars.postgres.unavailable import DatabaseUnavailable

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

OLDEST: Final = 16
"""The oldest major version of PostgreSQL that is supported."""

Isolation = Literal["read_committed", "repeatable_read", "serializable"]

_SETTINGS: Final = {"application_name": "regulars", "jit": "off", "timezone": "UTC"}
_LOST: Final = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
_GONE: Final = (OSError, *_LOST)
_NO_ROOM: Final = (
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    TimeoutError,
)


async def connect(dsn: str, *, seconds: float = 10) -> asyncpg.Connection[asyncpg.Record]:
    """A connection of one's own, to be closed; `seconds` is how long to wait for it.

    Raises `DatabaseUnavailable` when the server is not there, refuses, or is older than `OLDEST`.
    """
    with _explained(dsn):
        connection = await asyncpg.connect(dsn, timeout=seconds, server_settings=_SETTINGS)
    if (problem := _too_old(connection)) is not None:
        await connection.close()
        raise problem
    return connection


@asynccontextmanager
async def pool(dsn: str, *, size: int = 10, seconds: float = 10) -> AsyncIterator[Pool]:
    """At most `size` connections to share, one of them open at once; closed at the end of the block."""
    await (await connect(dsn, seconds=seconds)).close()
    with _explained(dsn):
        made = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            timeout=seconds,
            server_settings=_SETTINGS,
            max_inactive_connection_lifetime=0,
        )
    try:
        yield made
    except BaseException:
        made.terminate()
        raise
    await made.close()


@asynccontextmanager
async def transaction(
    pool: Pool, *, isolation: Isolation = "read_committed", readonly: bool = False, settings: str = ""
) -> AsyncIterator[Connection]:
    """A connection inside a transaction, committed at the end of the block, rolled back when an exception leaves it.

    `settings` are statements that it begins with, such as `set local ..`, in the same round trip.

    Raises `DatabaseUnavailable` when the server goes away meanwhile. Then the commit may or may not have happened, so
    only what can be sent twice without harm should be written here.
    """
    with _while_there(_GONE):
        connection = await pool.acquire()
    try:
        # Narrower inside: a file that the block cannot read is no fault of the database.
        with _while_there(_LOST):
            if settings:
                async with _begun_with(connection, settings):
                    yield connection
            else:
                async with connection.transaction(isolation=isolation, readonly=readonly):
                    yield connection
    finally:
        await pool.release(connection)


@asynccontextmanager
async def _begun_with(connection: Connection, settings: str) -> AsyncIterator[None]:
    await connection.execute(f"begin; {settings}")
    try:
        yield
    except BaseException:
        if not connection.is_closed():
            await connection.execute("rollback")
        raise
    await connection.execute("commit")


def is_away(error: BaseException) -> bool:
    """Whether an exception says that the server is not there, stops, or has no room: trying again later may help."""
    if isinstance(error, asyncpg.InterfaceError):
        return "clos" in str(error)
    return isinstance(error, (DatabaseUnavailable, *_GONE, *_NO_ROOM))


def with_database(dsn: str, database: str) -> str:
    """The same server's address with another database."""
    parts = urlsplit(dsn)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{quote(database, safe='')}{query}"


def _too_old(connection: asyncpg.Connection[asyncpg.Record]) -> DatabaseUnavailable | None:
    version = connection.get_server_version()
    if version.major >= OLDEST:
        return None
    return DatabaseUnavailable(
        f"The server is PostgreSQL {version.major}.{version.minor}.",
        f"Regulars needs {OLDEST} or newer; without REGULARS_DATABASE_URL it runs a server of its own.",
    )


@contextmanager
def _while_there(lost: tuple[type[Exception], ...]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        closed = isinstance(error, asyncpg.InterfaceError) and "closed" in str(error)
        if not closed and not isinstance(error, lost):
            raise
        raise DatabaseUnavailable(
            f"The database went away: {_sentence(error)}.",
            "Nothing is half written. Start the server again and repeat the command.",
        ) from error


@contextmanager
def _explained(dsn: str) -> Iterator[None]:
    """Turns what a driver says when it cannot connect into what a person can do about it."""
    try:
        yield
    except asyncpg.InvalidCatalogNameError as error:
        hint = "Create it (createdb), or name another in REGULARS_DATABASE_URL."
        raise DatabaseUnavailable(f"{_sentence(error)}.", hint) from error
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InsufficientPrivilegeError) as error:
        hint = "Look at the user and password in REGULARS_DATABASE_URL."
        raise DatabaseUnavailable(f"The server refused: {_sentence(error)}.", hint) from error
    except asyncpg.TooManyConnectionsError as error:
        hint = "Close some connections, or raise max_connections."
        raise DatabaseUnavailable(f"The server is full: {_sentence(error)}.", hint) from error
    except (asyncpg.ClientConfigurationError, ValueError) as error:
        hint = "Write it as postgresql://user:password@host:5432/database."
        raise DatabaseUnavailable(f"The database's address is not valid: {_sentence(error)}.", hint) from error
    except _GONE as error:
        hint = "Is it running, and is REGULARS_DATABASE_URL right? Without one, Regulars runs a server of its own."
        raise DatabaseUnavailable(f"No PostgreSQL answers at {_where(dsn)}: {_sentence(error)}.", hint) from error


def _sentence(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).rstrip(".")


def _where(dsn: str) -> str:
    """The address without user and password, which must not reach a screen or a log."""
    parts = urlsplit(dsn)
    query = [word for word in parts.query.split("&") if word and not word.startswith("password=")]
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}" + ("?" + "&".join(query) if query else "")
