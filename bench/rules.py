"""Decision tables of 10, 100 and 1,000 rows (3 inputs, 1 output), ours beside other engines; prints calls a second.

    python bench/rules.py [ROUNDS]

All engines decide the same inputs on the same table in turns, in one process; the best round of each counts, so that
a busy machine slows all alike. Beside them: bare Python closures row by row (no standard's semantics), reading a
model of 1 MB, and 500 tables decided for one firm with reasons.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import zen

from shuzhi.support.decisions.queries import Rulebook, read_rulebook

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
KINDS = ("制造", "服务", "农业", "建筑", "零售", "运输", "教育")
CALLS = {"closures": 2000, "shuzhi": 20000, "shuzhi with trace": 300, "zen-engine": 5000, "SpiffWorkflow": 20}
Decide = Callable[[dict[str, Any]], Any]


def rows_of(count: int) -> list[tuple[int, int, str, int]]:
    """Intervals of the first input that do not overlap, a kind and a least number."""
    return [(at * 10, at * 10 + 9, KINDS[at % len(KINDS)], at % 5) for at in range(count)]


def inputs_of(count: int) -> list[dict[str, Any]]:
    """Inputs of which each hits one row, anywhere in the table."""
    chance = random.Random(20261122)
    picks = [chance.randrange(count) for _ in range(64)]
    return [{"months": at * 10 + 4, "kind": KINDS[at % len(KINDS)], "staff": 9} for at in picks]


def dmn(count: int, *, decisions: int = 1) -> bytes:
    """The table as a rule file; with several decisions as many tables."""
    rules = "".join(
        f'<rule><inputEntry><text>[{low}..{high}]</text></inputEntry><inputEntry><text>"{kind}"</text></inputEntry>'
        f"<inputEntry><text>&gt;= {least}</text></inputEntry><outputEntry><text>{low}</text></outputEntry></rule>"
        for low, high, kind, least in rows_of(count)
    )
    names = (("months", "number"), ("kind", "string"), ("staff", "number"))
    data = "".join(
        f'<inputData id="{n}" name="{n}"><variable name="{n}" typeRef="{t}"/></inputData>' for n, t in names
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{n}"/></informationRequirement>' for n, _ in names
    )
    columns = "".join(
        f'<input><inputExpression typeRef="{t}"><text>{n}</text></inputExpression></input>' for n, t in names
    )
    tables = "".join(
        f'<decision id="d{at}" name="d{at}"><variable name="d{at}" typeRef="number"/>{needs}'
        f'<decisionTable hitPolicy="UNIQUE">{columns}<output/>{rules}</decisionTable></decision>'
        for at in range(decisions)
    )
    return f'<definitions xmlns="{MODEL}" name="bench" namespace="urn:bench">{data}{tables}</definitions>'.encode()


def ours(count: int) -> Rulebook:
    """The table in our engine."""
    return read_rulebook([("bench.dmn", dmn(count))]).sound()


def closures(count: int) -> Decide:
    """The table as Python written by hand, row by row."""
    made = [
        (lambda i, low=low, high=high, kind=kind, least=least: low <= i["months"] <= high
         and i["kind"] == kind and i["staff"] >= least, low)
        for low, high, kind, least in rows_of(count)
    ]  # fmt: skip

    def decide(inputs: dict[str, Any]) -> Any:
        for holds, output in made:
            if holds(inputs):
                return output
        return None

    return decide


def zen_engine(count: int) -> Decide:
    """The table in zen-engine, compiled beforehand and asked by its key."""
    rules = [
        {"_id": str(low), "a": f"[{low}..{high}]", "b": f'"{kind}"', "c": f">= {least}", "o": str(low)}
        for low, high, kind, least in rows_of(count)
    ]
    fields = [{"id": i, "name": n, "field": n} for i, n in (("a", "months"), ("b", "kind"), ("c", "staff"))]
    table = {
        "hitPolicy": "first",
        "inputs": fields,
        "outputs": [{"id": "o", "name": "o", "field": "o"}],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"}
        for a, b in (("in", "table"), ("table", "out"))
    ]
    content = zen.ZenDecisionContent(json.dumps({"nodes": nodes, "edges": edges}))
    engine = zen.ZenEngine({"loader": lambda _key: content})
    return lambda inputs: engine.evaluate("table", inputs)["result"]["o"]


def spiff(count: int) -> Decide:
    """The table in SpiffWorkflow's DMN, whose cells are Python."""
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
    from SpiffWorkflow.dmn.specs.model import DecisionTable, Input, InputEntry, Output, OutputEntry, Rule

    columns = [
        Input(n, n, n, n, t) for n, t in (("months", "number"), ("kind", "string"), ("staff", "number"))
    ]
    output = Output("o", "o", "o", "number")
    table = DecisionTable("t", "t", "UNIQUE")
    table.inputs, table.outputs = columns, [output]
    for low, high, kind, least in rows_of(count):
        rule = Rule(str(low))
        for column, test in zip(columns, (f"{low} <= ? <= {high}", f'"{kind}"', f">= {least}"), strict=True):
            entry = InputEntry(column.id, column)
            entry.lhs.append(test)
            rule.inputEntries.append(entry)
        answer = OutputEntry("o", output)
        answer.parsedRef = answer.text = str(low)
        rule.outputEntries.append(answer)
        table.rules.append(rule)
    engine, script = DMNEngine(table), PythonScriptEngine()

    def decide(inputs: dict[str, Any]) -> Any:
        return engine.result(_Task(dict(inputs), script))["o"]

    return decide


class _Task:
    """What SpiffWorkflow's tables ask of a task."""

    def __init__(self, data: dict[str, Any], script: Any) -> None:
        self.data, self.workflow = data, self
        self.script_engine = script


def best(engines: dict[str, Decide], inputs: list[dict[str, Any]], rounds: int) -> dict[str, float]:
    """Calls a second of each engine in its best round; the engines take turns."""
    fastest = dict.fromkeys(engines, 0.0)
    for _ in range(rounds):
        for name, decide in engines.items():
            calls = CALLS[name]
            start = perf_counter()
            for at in range(calls):
                decide(inputs[at & 63])
            fastest[name] = max(fastest[name], calls / (perf_counter() - start))
    return fastest


def compare(count: int, rounds: int) -> dict[str, float]:
    """All engines on a table of so many rows; first that they agree."""
    book = ours(count)
    engines: dict[str, Decide] = {
        "closures": closures(count),
        "shuzhi": book.decider("d0"),
        "shuzhi with trace": lambda inputs: book.decide("d0", inputs, trace=True).value,
        "zen-engine": zen_engine(count),
    }
    if count <= 100:  # noqa: PLR2004 - it takes a second a call beyond
        engines["SpiffWorkflow"] = spiff(count)
    inputs = inputs_of(count)
    for each in inputs[:8]:
        answers = {name: decide(each) for name, decide in engines.items()}
        if len({int(answer) for answer in answers.values()}) != 1:
            sys.exit(f"the engines disagree on {each}: {answers}")
    return best(engines, inputs, rounds)


def main() -> None:
    """Print the table of ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    for count in (10, 100, 1000):
        found = compare(count, rounds)
        zen_rate = found["zen-engine"]
        print(f"{count} rows")
        for name, rate in found.items():
            print(f"  {name:18s} {rate:12,.0f}/s  {rate / zen_rate:8.2f} x zen-engine")
    print(f"{'must reach':44s} {'limit':>8s} {'here':>8s} {'of the processor':>16s}")
    content = dmn(5000)
    read = best_of(lambda: read_rulebook([("large.dmn", content)]), 3)
    say(f"read a model of {len(content) / 1e6:.2f} MB", 2.0, *read)
    many = read_rulebook([("many.dmn", dmn(10, decisions=500))])
    firm = inputs_of(10)[0]
    decided = best_of(lambda: many.decide_all(many.decisions, firm, trace=True), rounds)
    say("one firm, 500 tables of 10 rows, with reasons", 0.05, *decided)


def best_of(work: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """The least seconds on the wall and on the processor."""
    wall, cpu = [], []
    for _ in range(rounds):
        start, used = perf_counter(), process_time()
        work()
        wall.append(perf_counter() - start)
        cpu.append(process_time() - used)
    return min(wall), min(cpu)


def say(what: str, limit: float, wall: float, cpu: float) -> None:
    """One figure beside its limit, in milliseconds."""
    print(f"{what:44s} {1000 * limit:5.0f} ms {1000 * wall:5.0f} ms {1000 * cpu:13.0f} ms")


if __name__ == "__main__":
    main()
