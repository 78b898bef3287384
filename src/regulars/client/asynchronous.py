"""The asynchronous client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self, TypeVar

import httpx2

from regulars.client.call import Asynchronous, Call
from regulars.client.methods import Methods
from regulars.client.trial import Trial, headers

T = TypeVar("T")


class AsyncClient(Methods, Asynchronous):
    """The service at a base URL, for the holder of a key. The same methods as `Client`, to be awaited."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        program: str | None = None,
        language: str = "en",
        timeout: float = 30.0,
        attempts: int = 5,
        wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`program` where the tenant has several; `language` is that of reasons and problems; `wait` waits some seconds."""
        self._http = httpx2.AsyncClient(base_url=url, headers=headers(key, program, language), timeout=timeout)
        self._attempts = attempts
        self._wait = wait

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def call(self, call: Call[T]) -> T:
        """The answer to a call; raises `Refused`, or `ServiceAway` when there was none."""
        trial = Trial(call, self._attempts)
        while True:
            try:
                answer = await self._http.request(**trial.request())
            except httpx2.TransportError as error:
                seconds = trial.after_none(error)
            else:
                if trial.is_over(answer):
                    return trial.result(answer)
                seconds = trial.after(answer)
            await self._wait(seconds)
