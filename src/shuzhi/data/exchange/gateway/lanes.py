"""Lanes (通道): calls that are quick to decide never queue behind calls that are not.

Each lane has clerks, and so connections, of its own. Which lane a call belongs to is known once its key is: the
quick lane's clerks read the key and set aside what is not theirs, before any nonce is claimed.
"""

from __future__ import annotations

import asyncio
from collections import deque

from shuzhi.data.exchange.gateway.cases import Case


class Lane:
    """Cases that wait for the clerks of one lane."""

    def __init__(self, *, most_waiting: int, most_at_once: int) -> None:
        """Empty."""
        self._most_waiting, self._most_at_once = most_waiting, most_at_once
        self._queue: deque[Case] = deque()
        self._resting: list[asyncio.Future[None]] = []

    def add(self, case: Case) -> bool:
        """Have a case wait for its turn; False when too many wait already."""
        if len(self._queue) >= self._most_waiting:
            return False
        self._queue.append(case)
        if len(self._queue) == 1 and self._resting:
            self._resting.pop().set_result(None)
        return True

    async def next(self) -> list[Case]:
        """The cases that one clerk takes together; waits until there is one."""
        while not self._queue:
            rest: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._resting.append(rest)
            await rest
        return [self._queue.popleft() for _ in range(min(len(self._queue), self._most_at_once))]
