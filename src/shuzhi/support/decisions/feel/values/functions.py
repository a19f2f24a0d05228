"""Functions as values: built in, written in FEEL, or made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shuzhi.support.decisions.feel.values.types import ANY, FeelType

if TYPE_CHECKING:
    from shuzhi.support.decisions.feel.scope import Scope


@dataclass(frozen=True, slots=True)
class FunctionParameter:
    """A parameter and the type that its arguments must conform to, or be null where it is nullable."""

    name: str
    type: FeelType = ANY
    nullable: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something that can be called with as many arguments as it has parameters."""

    name: str
    parameters: tuple[FunctionParameter, ...]
    call: Callable[[Scope, Sequence[Any]], Any] = field(repr=False)
    result: FeelType = ANY


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """One way to call a built-in function; with `variadic` the last parameter takes all the rest, as a list."""

    parameters: tuple[FunctionParameter, ...]
    required: int
    call: Callable[..., Any] = field(repr=False)
    variadic: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """A function of the standard, with all its signatures."""

    name: str
    signatures: tuple[Signature, ...]
    result: FeelType = ANY


class OutOfDomain(Exception):
    """An argument of the right type that a built-in function is not defined for; the result is null."""

    def __init__(self, en: str, zh: str) -> None:
        """Say why, in both languages."""
        super().__init__(en)
        self.en = en
        self.zh = zh


FUNCTIONS = (Function, Builtin)
