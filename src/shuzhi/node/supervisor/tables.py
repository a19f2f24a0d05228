"""The status as a table for people (状态表)."""

from __future__ import annotations

from unicodedata import east_asian_width

from shuzhi.node.supervisor.status import NodeStatus, ProcessStatus

STATES = {"running": "运行", "waiting": "待重启", "given-up": "已放弃", "stopped": "已停止"}
HEADINGS = ("程序 name", "pid", "状态 state", "健康 health", "时长 up", "内存 MB", "重启", "端口 port")
MINUTE, HOUR, DAY = 60, 3600, 86400


def status_table(found: NodeStatus) -> str:
    """Chinese and English side by side, columns aligned also where glyphs are two cells wide."""
    if not found.processes:
        return f"没有在运行的进程。 Nothing runs under {found.home}; start it with `shuzhi up`."
    rows = [HEADINGS, *(_row(process) for process in found.processes)]
    widths = [max(width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(pad(cell, size) for cell, size in zip(row, widths, strict=True)) for row in rows]
    verdict = "已就绪 ready" if found.ready else "未就绪 not ready"
    lines.append(f"{found.home}: {verdict}, {found.memory_mb:.0f} MB")
    lines += [url for url in (found.url, found.gateway_url) if url]
    lines += [f"! {p.name}: {p.reason}; {p.log}" for p in found.processes if p.state == "given-up"]
    return "\n".join(line.rstrip() for line in lines)


def _row(process: ProcessStatus) -> tuple[str, ...]:
    return (
        process.name,
        str(process.pid or ""),
        f"{STATES.get(process.state, '')} {process.state}",
        process.health,
        duration(process.uptime_seconds),
        "" if process.memory_mb is None else f"{process.memory_mb:.0f}",
        str(process.restarts),
        str(process.port or ""),
    )


def duration(seconds: float | None) -> str:
    """Seconds as people say them: the largest unit and no false precision."""
    if seconds is None:
        return ""
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def width(text: str) -> int:
    """How many cells of a terminal a text fills."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def pad(text: str, size: int) -> str:
    """The text, filled up to so many cells."""
    return text + " " * (size - width(text))
