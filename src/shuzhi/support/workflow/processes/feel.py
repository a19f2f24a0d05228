"""What takes the place of the engine's Python (表达式): FEEL of the rules' room, and nothing else.

Spiff's own script engine compiles and runs Python text. Every door of it is overridden here, and the environment
below refuses whatever might still reach it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from shuzhi.support.decisions.feel.compile import Compiled, compile_expression
from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.parser import parse_expression
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.workflow.errors import ExpressionFailed

LIMITS = Limits(steps=100_000, depth=64, items=10_000, characters=100_000)
MOST_CHARACTERS = 20_000
MOST_AT_ONCE = 1000  # instances of one joint review


def written(text: str) -> str:
    """An expression without the `=` that some editors put before it."""
    return text.strip().removeprefix("=").strip()


def syntax_fault(text: str) -> FeelSyntaxError | LimitExceeded | None:
    """What is wrong with an expression, whatever its variables are."""
    if len(text) > MOST_CHARACTERS:
        return LimitExceeded(limit=MOST_CHARACTERS, what="characters", what_zh="表达式字符数")
    try:
        _compiled(written(text), ())
    except (FeelSyntaxError, LimitExceeded) as error:
        return error
    except RecursionError:
        return LimitExceeded(limit=LIMITS.depth, what="levels of nesting", what_zh="嵌套层数")
    return None


@lru_cache(maxsize=4096)
def _compiled(text: str, names: tuple[str, ...]) -> Compiled:
    return compile_expression(parse_expression(text, names=Names.of(names)))


def value_of(text: str, variables: Mapping[str, Any], *, at: datetime, element: str) -> tuple[Any, str]:
    """The value, and why something in it is null; variables are FEEL values.

    Raises:
        ExpressionFailed: no FEEL, or more work than is allowed.
    """
    try:
        compiled = _compiled(written(text), tuple(sorted(variables)))
        scope = Scope(variables, limits=LIMITS, now=at)
        value = compiled(scope)
    except (FeelSyntaxError, LimitExceeded) as error:
        raise ExpressionFailed(
            element=element, text=_short(text), why=str(error), why_zh=error.message_zh
        ) from error
    except RecursionError as error:
        raise ExpressionFailed(
            element=element, text=_short(text), why="nested too deeply", why_zh="嵌套过深"
        ) from error
    return value, "; ".join(problem.en for problem in scope.problems)


def _element(task: Any) -> str:
    return str(task.task_spec.name).removeprefix("n:").removeprefix("s:").removesuffix(".one")


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def refuse(text: object) -> NoReturn:
    """Say that no Python runs here.

    Raises:
        ExpressionFailed: always.
    """
    raise ExpressionFailed(element="-", text=_short(str(text)), why="no Python runs", why_zh="不运行 Python")


class NoPython(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """An environment in which nothing runs."""

    def evaluate(self, expression: str, context: Any, external_context: Any = None) -> NoReturn:
        """Refuse."""
        refuse(expression)

    def execute(self, script: str, context: Any, external_context: Any = None) -> NoReturn:
        """Refuse."""
        refuse(script)

    def call_service(self, context: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: services are called by the room, never by the engine."""
        refuse("service")


class FeelOnly(PythonScriptEngine):  # type: ignore[misc]
    """The script engine of every run: conditions are FEEL over the case's variables and the task's own."""

    def __init__(self, variables: dict[str, Any], at: datetime) -> None:
        """Begin with FEEL values."""
        super().__init__(environment=NoPython())
        self.variables = variables
        self.at = at
        self.run: Any = None  # the run that the engine works for

    def validate(self, expression: str) -> None:
        """Say whether it is FEEL."""
        if fault := syntax_fault(expression):
            raise fault

    def scope_of(self, task: Any) -> dict[str, Any]:
        """What a task sees: the case's variables, and over them its own (the item of a joint review)."""
        return {**self.variables, **task.data}

    def value(self, task: Any, text: str) -> Any:
        """An expression's value for a task."""
        return value_of(text, self.scope_of(task), at=self.at, element=_element(task))[0]

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> bool:
        """A condition: yes or no, and never a silent nothing.

        Raises:
            ExpressionFailed: the answer is neither.
        """
        del external_context
        value, why = value_of(expression, self.scope_of(task), at=self.at, element=_element(task))
        if isinstance(value, bool):
            return value
        raise ExpressionFailed(
            element=_element(task),
            text=_short(expression),
            why=why or f"a condition must be true or false, not {value!r}",
            why_zh="条件的结果不是真或假，请检查所用变量是否已有值",
        )

    def execute(self, task: Any, script: str, external_context: Any = None) -> NoReturn:
        """Refuse."""
        refuse(script)

    def call_service(self, task: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        refuse(str(kwargs))
