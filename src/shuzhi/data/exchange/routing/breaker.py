"""The circuit breaker (熔断): a node that does not answer is left alone for a while, so that its callers wait for nothing."""

from __future__ import annotations

FAILURES = 5
REST_SECONDS = 10.0


class Breaker:
    """Opens after some failures in a row; after a rest one call tries again."""

    def __init__(self) -> None:
        """Closed."""
        self._failures = 0
        self._until = 0.0

    def lets_through(self, now: float) -> bool:
        """Whether a call may be tried now; the one that tries after a rest stands for the others."""
        if self._failures < FAILURES:
            return True
        if now < self._until:
            return False
        self._until = now + REST_SECONDS
        return True

    def note_failure(self, now: float) -> None:
        """It did not answer."""
        self._failures += 1
        self._until = now + REST_SECONDS

    def note_success(self) -> None:
        """It answered."""
        self._failures = 0
