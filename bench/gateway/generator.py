"""Calls a gateway over kept connections, at a steady rate or as fast as it goes, and prints what came of each minute.

    python generator.py --callers FILE --port 8100 --connections 64 --seconds 60 [--rate 3000]

Signs while it runs, so that it may run longer than a timestamp is accepted; `wrk` with calls signed beforehand takes
less of the machine and is used for the samples where it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2] / "src")]

from load import Signer, read_callers  # noqa: E402

MINUTE = 60.0


class Tally:
    """Answers by status, and how long they took."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.statuses: dict[int, int] = {}
        self.seconds: list[float] = []

    def note(self, status: int, seconds: float) -> None:
        """Count one answer."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.seconds.append(seconds)

    def said(self, seconds: float) -> dict[str, object]:
        """What was counted, in calls a second and milliseconds."""
        took = sorted(self.seconds) or [0.0]
        return {
            "calls": len(self.seconds),
            "per_second": round(len(self.seconds) / seconds, 1),
            "p50": round(took[len(took) // 2] * 1000, 2),
            "p99": round(took[int(len(took) * 0.99)] * 1000, 2),
            "statuses": self.statuses,
        }


async def _connection(signer: Signer, port: int, *, pause: float, until: float, tally: list[Tally]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = time.monotonic()
    while time.monotonic() < until:
        if pause:
            due += pause
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        call = signer.call(int(time.time()))
        begun = time.monotonic()
        writer.write(call)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        tally[0].note(int(head[9:12]), time.monotonic() - begun)
    writer.close()


async def _run(asked: argparse.Namespace) -> None:
    signer = Signer(read_callers(asked.callers), firms=asked.firms, port=asked.port)
    begun, tally = time.monotonic(), [Tally()]
    until = begun + asked.seconds
    pause = asked.connections / asked.rate if asked.rate else 0.0
    calling = [
        asyncio.create_task(_connection(signer, asked.port, pause=pause, until=until, tally=tally))
        for _ in range(asked.connections)
    ]
    while time.monotonic() < until:
        since = time.monotonic()
        await asyncio.sleep(min(MINUTE, max(0.0, until - since)))
        done, tally[0] = tally[0], Tally()
        print(json.dumps(done.said(time.monotonic() - since)), flush=True)
    await asyncio.gather(*calling)


def main() -> None:
    """Run as told."""
    import uvloop

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--callers", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--firms", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=0, help="calls a second; 0: as fast as it goes")
    uvloop.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
