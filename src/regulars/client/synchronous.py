"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self, TypeVar

import httpx2

from regulars.client.call import Call, Synchronous
from regulars.client.methods import Methods
from regulars.client.trial import Trial, headers

T = TypeVar("T")


class Client(Methods, Synchronous):
    """The service at a base URL, for the holder of a key.

    >>> shop = Client("http://localhost:8000", key="regulars_key_…")
    >>> shop.close()

    A call that got no answer, or was asked to come again, is tried `attempts` times in all, a write under one key: it is done once.
    Every method raises `Refused` when the service says no, `ServiceAway` when it did not answer, TypeError for a float.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        program: str | None = None,
        language: str = "en",
        timeout: float = 30.0,
        attempts: int = 5,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        """`program` where the tenant has several; `language` is that of reasons and problems; `wait` waits some seconds."""
        self._http = httpx2.Client(base_url=url, headers=headers(key, program, language), timeout=timeout)
        self._attempts = attempts
        self._wait = wait

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def call(self, call: Call[T]) -> T:
        """The answer to a call; raises `Refused`, or `ServiceAway` when there was none."""
        trial = Trial(call, self._attempts)
        while True:
            try:
                answer = self._http.request(**trial.request())
            except httpx2.TransportError as error:
                seconds = trial.after_none(error)
            else:
                if trial.is_over(answer):
                    return trial.result(answer)
                seconds = trial.after(answer)
            self._wait(seconds)
