"""How a null that comes of a wrong type is reported: whose input is missing, or what is wrong with the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shuzhi.support.decisions.feel.nodes import Span
from shuzhi.support.decisions.feel.scope import Kind, Problem, Scope
from shuzhi.support.decisions.feel.values.types import kind_of

Env = list[Any]
Run = Callable[[Env], Any]

# The first places of an environment; local variables follow.
SCOPE, VARIABLES, INPUT, LOCALS = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Site:
    """An operation in the text: its place, its name, and from which inputs its operands come, where they do."""

    span: Span
    operation: str
    origins: tuple[str | None, ...] = ()

    def refuse(self, scope: Scope, *operands: Any) -> None:
        """The operation has no result for these operands; the result, null, is born here."""
        origins = (*self.origins, *(None for _ in operands))
        pairs = list(zip(origins, operands, strict=False))
        absent = [origin for origin, value in pairs if value is None]
        if absent:
            self._missing(scope, next((origin for origin in absent if origin), None))
        else:
            self._ill_typed(scope, pairs)

    def _missing(self, scope: Scope, origin: str | None) -> None:
        if origin is None and scope.problems:
            return  # The null was born elsewhere, and was reported there.
        if origin and any(
            each.input and f"{origin}.".startswith(f"{each.input}.") for each in scope.problems
        ):
            return  # So was this input, or the whole of which it is a part.
        en = f"{origin} is missing" if origin else f"“{self.operation}” was given null"
        zh = f"缺：{origin}" if origin else f"“{self.operation}”的运算对象为空值"
        scope.report(Problem("feel.missing", en, zh, self.span, "missing", origin))

    def _ill_typed(self, scope: Scope, pairs: Sequence[tuple[str | None, Any]]) -> None:
        kinds = [kind_of(value) for _, value in pairs]
        origin = next((origin for origin, _ in pairs if origin), None)
        who, who_zh = (f"{origin}: ", f"{origin}：") if origin else ("", "")
        en = f"{who}“{self.operation}” does not go with {' and '.join(kind for kind, _ in kinds)}"
        zh = f"{who_zh}“{self.operation}”不适用于{'与'.join(kind for _, kind in kinds)}"
        kind: Kind = "ill-typed" if origin else "rule"
        scope.report(Problem("feel.ill_typed", en, zh, self.span, kind, origin))

    def wrong_input(self, scope: Scope, origin: str | None, en: str, zh: str) -> None:
        """An operand has the right type, but a value that the operation is not defined for."""
        kind: Kind = "ill-typed" if origin else "rule"
        scope.report(Problem("feel.out_of_domain", en, zh, self.span, kind, origin))

    def wrong(self, scope: Scope, code: str, en: str, zh: str, name: str | None = None) -> None:
        """Something else is wrong here, perhaps with a name; the result is null."""
        scope.report(Problem(code, en, zh, self.span, "rule", name))


def forgive(scope: Scope, mark: int) -> None:
    """Forget the problems since a mark: the result did not depend on them."""
    del scope.problems[mark:]


def next_answer(scope: Scope, mark: int, ask: Callable[[], Any], *, deciding: bool) -> Any:
    """Ask a further question: if it decides, the reasons of the earlier ones since the mark don't count, its own do."""
    problems = scope.problems
    if len(problems) == mark:
        return ask()
    earlier = problems[mark:]
    del problems[mark:]
    answer = ask()
    if answer is not deciding:
        later = problems[mark:]
        problems[mark:] = earlier
        for each in later:
            if not _is_told(each, problems):
                scope.report(each)
    return answer


def _is_told(problem: Problem, problems: Sequence[Problem]) -> bool:
    """Whether a missing value was named before: the input itself, the whole of which it is a part, or a null handed on."""
    if problem.kind != "missing" or problem.code != "feel.missing":
        return False
    name = problem.input
    return not name or any(each.input and f"{name}.".startswith(f"{each.input}.") for each in problems)


def forgive_absent(scope: Scope, mark: int) -> None:
    """Forget that items of a list had no value: a filter is there to leave them out."""
    late = [each for each in scope.problems[mark:] if each.kind != "missing" or each.input]
    scope.problems[mark:] = late
