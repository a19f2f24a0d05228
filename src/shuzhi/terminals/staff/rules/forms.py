"""The questions of a replay: which decision, which version, on which days, over whom, and where each input comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shuzhi.foundation import words
from shuzhi.support.decisions.dmn.rulebook.units import DecisionUnit
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.feel.values.types import FeelType
from shuzhi.support.decisions.queries import Rulebook
from shuzhi.support.decisions.replaying.populations import Population
from shuzhi.support.decisions.replaying.typed import bare, input_types
from shuzhi.support.decisions.types import InstalledRules
from shuzhi.terminals.design.types import Choice, Field, Said
from shuzhi.terminals.staff.rules.reading import today

MADE_UP = "made-up/rows"
ROWS = (1_000, 10_000, 100_000, 1_000_000)
NOT_KNOWN = Choice("", Said("不知道", "Not known"))


@dataclass(frozen=True)
class BindingForm:
    """Where each input's value comes from: a column to choose, or a value to type."""

    rows: Field | None
    inputs: Sequence[tuple[str, Field, Field]]


def made_up() -> Population:
    """Rows drawn around the rules' own figures."""
    title = words.Words(
        zh="合成数据（按规则里的数字随机生成）", en="Made-up rows, drawn around the rules' own figures"
    )
    return Population(MADE_UP, title, {}, synthetic=True)


def order_fields(book: Rulebook, versions: Sequence[InstalledRules], typed: Mapping[str, str]) -> list[Field]:
    """Decision, cost, changed version and days."""
    names = [name for name in dict.fromkeys(book.decisions) if says_yes_or_no(book, name)]
    costs = [name for name in dict.fromkeys(book.decisions) if kind_of(book, name) is kinds.NUMBER]
    day = today().isoformat()
    earlier = [each for each in versions if not each.current]
    digests = [
        Choice(
            "", Said("上面提交的文件，或同一规则换一天", "The file above, or the same rules on another day")
        ),
        *(Choice(each.digest, f"{each.digest} · {each.installed_at:%Y-%m-%d}") for each in earlier),
    ]
    return [
        _select(
            "decision", Said("比哪个决策", "Which decision"), [Choice(each, each) for each in names], typed
        ),
        Field(
            name="output",
            label=Said("哪一项算符合", "Which output means to qualify"),
            hint=Said(
                "有几项输出时填；空着用第一个是非项。",
                "Where there are several; empty: the first yes-or-no output.",
            ),
            value=typed.get("output", ""),
            required=False,
        ),
        _select(
            "cost",
            Said("花费看哪一项", "Which one is the cost"),
            [Choice("", Said("不算花费", "No cost")), *(Choice(each, each) for each in costs)],
            typed,
        ),
        Field(
            name="file",
            label=Said("改过的规则文件", "The changed rule file"),
            control="file",
            hint=Said("DMN 文件，最多 8 MB。", "A DMN file of at most 8 MB."),
            required=False,
        ),
        _select("digest", Said("或者和哪个版本比", "Or which version to compare with"), digests, typed),
        _day("old_day", Said("改动前按哪一天", "Before: as of"), typed.get("old_day") or day),
        _day("new_day", Said("改动后按哪一天", "After: as of"), typed.get("new_day") or day),
    ]


def kind_of(book: Rulebook, decision: str) -> FeelType:
    """The type of a decision's answer."""
    _, unit = book.part(decision)
    return bare(unit.kind) if isinstance(unit, DecisionUnit) else kinds.ANY


def says_yes_or_no(book: Rulebook, decision: str) -> bool:
    """Whether an answer, or a part of it, says who qualifies."""
    kind = kind_of(book, decision)
    return kind in (kinds.BOOLEAN, kinds.ANY) or any(
        bare(each) is kinds.BOOLEAN for _, each in kind.components()
    )


def _select(name: str, label: Said, choices: Sequence[Choice], typed: Mapping[str, str]) -> Field:
    return Field(
        name=name, label=label, control="select", choices=choices, value=typed.get(name, ""), in_filter=True
    )


def _day(name: str, label: Said, value: str) -> Field:
    return Field(name=name, label=label, control="date", value=value, in_filter=True, short=True)


def binding_form(book: Rulebook, population: Population, typed: Mapping[str, str]) -> BindingForm:
    """How many made-up rows; or for each input of the rules a column of the data, or one value for all."""
    if population.id == MADE_UP:
        choices = [Choice(str(each), f"{each:,d}") for each in ROWS]
        field = Field(
            name="rows",
            label=Said("多少行", "How many rows"),
            control="select",
            choices=choices,
            value=typed.get("rows") or "10000",
            in_filter=True,
        )
        return BindingForm(field, ())
    columns = [
        NOT_KNOWN,
        *(Choice(each, Said(title.zh, title.en)) for each, title in population.columns.items()),
    ]
    inputs = []
    for at, name in enumerate(inputs_named(book)):
        guess = next(
            (each for each, title in population.columns.items() if name in (each, title.zh, title.en)), ""
        )
        column = Field(
            name=f"column-{at}",
            label=Said(f"{name}：取自哪一列", f"{name}: from which column"),
            control="select",
            choices=columns,
            value=typed.get(f"column-{at}", guess),
            in_filter=True,
        )
        value = Field(
            name=f"value-{at}",
            label=Said(f"{name}：或者都当作", f"{name}: or the same for all"),
            value=typed.get(f"value-{at}", ""),
            required=False,
            in_filter=True,
        )
        inputs.append((name, column, value))
    return BindingForm(None, inputs)


def inputs_named(book: Rulebook) -> list[str]:
    """The inputs of all decisions of the rules, each once."""
    return list(dict.fromkeys(name for each in book.decisions for name in input_types(book, each)))


def bound_of(book: Rulebook, population: Population, given: Mapping[str, str]) -> dict[str, str]:
    """Where each input's value comes from, as the form says; a column that is not offered is none."""
    bound = {}
    for at, name in enumerate(inputs_named(book)):
        column, value = given.get(f"column-{at}", ""), given.get(f"value-{at}", "").strip()
        if column in population.columns:
            bound[name] = f"column:{column}"
        elif value:
            bound[name] = f"value:{value[:200]}"
    return bound
