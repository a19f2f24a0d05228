"""Decision tables compiled (决策表): indexed columns, rows by bits, hit policies, and what a table can say of itself."""

from __future__ import annotations

from shuzhi.support.decisions.dmn.tables.building import compile_table
from shuzhi.support.decisions.dmn.tables.running import CompiledTable

__all__ = ["CompiledTable", "compile_table"]
