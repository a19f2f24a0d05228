"""Boxed expressions (方框表达式) compiled to closures: `run(scope) -> value`."""

from __future__ import annotations

from shuzhi.support.decisions.dmn.boxes.desk import Desk, Run
from shuzhi.support.decisions.dmn.boxes.shapes import compile_box

__all__ = ["Desk", "Run", "compile_box"]
