"""Lanes (通道): calls that are quick to decide never queue behind calls that are not.

Each lane has clerks, and so connections, of its own. Which lane a call belongs to is known once its key is: the
quick lane's clerks read the key and set aside what is not theirs, before any nonce is claimed.

The clerks of a lane claim in turns. So the database works for one while another answers, no claim waits in the
database for another one's rows, and batches are as large as they can be.
"""

from __future__ import annotations

import asyncio
from collections import deque

from shuzhi.data.exchange.gateway.cases import Case


class Turn:
    """One clerk's turn to claim."""

    def __init__(self, turns: asyncio.Lock) -> None:
        """It has begun."""
        self._turns: asyncio.Lock | None = turns

    def end(self) -> None:
        """Let the next one claim; a turn ends once."""
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.release()


class Lane:
    """Cases that wait for the clerks of one lane."""

    def __init__(self, *, most_waiting: int, most_at_once: int) -> None:
        """Empty."""
        self._most_waiting, self._most_at_once = most_waiting, most_at_once
        self._queue: deque[Case] = deque()
        self._resting: list[asyncio.Future[None]] = []
        self._turns = asyncio.Lock()

    def add(self, case: Case) -> bool:
        """Have a case wait for its turn; False when too many wait already."""
        if len(self._queue) >= self._most_waiting:
            return False
        self._queue.append(case)
        if len(self._queue) == 1 and self._resting:
            self._resting.pop().set_result(None)
        return True

    async def turn(self) -> Turn:
        """This clerk's turn, when it comes."""
        await self._turns.acquire()
        return Turn(self._turns)

    async def next(self) -> list[Case]:
        """The cases that one clerk takes together; waits until there is one."""
        while not self._queue:
            rest: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._resting.append(rest)
            await rest
        return [self._queue.popleft() for _ in range(min(len(self._queue), self._most_at_once))]
