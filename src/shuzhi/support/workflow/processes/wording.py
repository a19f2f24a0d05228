from __future__ import annotations

from shuzhi.foundation.words import Words
from shuzhi.support.workflow.processes.feel import syntax_fault
from shuzhi.support.workflow.processes.reading import Fault


def fault(rule: str, line: int, element: str, zh: str, en: str) -> Fault:
    """One thing that can't run."""
    return Fault(rule, line, element, Words(zh=zh, en=en))


def feel_faults(line: int, element: str, text: str) -> list[Fault]:
    """What is wrong with an expression's text."""
    wrong = syntax_fault(text)
    if wrong is None:
        return []
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return [
        fault(
            "expression-syntax",
            line,
            element,
            f"{element}：“{shown}”不是 FEEL 表达式：{wrong.message_zh}",
            f"{element}: “{shown}” is no FEEL: {wrong}",
        )
    ]


_LONGEST_NAME = 40


def shown(element: str, name: str) -> tuple[str, str]:
    """An element as people find it on the drawing: what is written beside it, and its id."""
    name = " ".join(name.split())
    if not name or name == element:
        return element, element
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return f"“{short}”（{element}）", f"“{short}” ({element})"
