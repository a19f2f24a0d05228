"""The doctor's report (体检报告), for people or as JSON."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import msgspec

from shuzhi.foundation.settings import PREFIX, Settings
from shuzhi.node.doctor.findings import Finding, Level
from shuzhi.node.supervisor.tables import pad

MARKS = {Level.OK: "✓", Level.WARNING: "!", Level.PROBLEM: "✗"}
NAME_WIDTH = 14


def findings_text(findings: list[Finding], *, as_json: bool) -> str:
    """Every finding, Chinese first; what to do stands below it."""
    if as_json:
        body = {"ok": not any(finding.blocks for finding in findings), "findings": findings}
        return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
    return "\n".join(line for finding in findings for line in _lines(finding))


def settings_text(settings: Settings, *, as_json: bool) -> str:
    """Every setting with its variable, its value and its default; passwords are left out."""
    values, defaults = _shown(settings), _shown(Settings())
    if as_json:
        return msgspec.json.format(msgspec.json.encode(values), indent=2).decode()
    rows = []
    for name, value in values.items():
        mark = "" if value == defaults[name] else f"  (默认 default: {_word(defaults[name])})"
        rows.append(f"{pad(PREFIX + name.upper(), 24)}{_word(value)}{mark}")
    return "\n".join(rows)


def without_password(url: str) -> str:
    """A URL as it may be shown."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}:***@{place}"))


def _shown(settings: Settings) -> dict[str, object]:
    values: dict[str, object] = msgspec.to_builtins(settings, enc_hook=str)
    return {
        name: without_password(value) if name.endswith("_url") and isinstance(value, str) else value
        for name, value in values.items()
    }


def _word(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def _lines(finding: Finding) -> list[str]:
    words = finding.zh if finding.zh == finding.en else f"{finding.zh}。 {finding.en}"
    lines = [f"{MARKS[finding.level]} {pad(finding.name, NAME_WIDTH)} {words}"]
    if finding.mend_zh or finding.mend_en:
        mend = (
            finding.mend_zh
            if finding.mend_zh == finding.mend_en
            else f"{finding.mend_zh}。 {finding.mend_en}"
        )
        lines.append(f"  {pad('', NAME_WIDTH)} → {mend}")
    return lines
