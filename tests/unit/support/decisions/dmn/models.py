"""Small models for the tests, written as short as they can be."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from shuzhi.support.decisions.queries import Rulebook, read_rulebook

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"
SZ = "urn:shuzhi:rules:1"


def definitions(*parts: str, name: str = "m", model: str = MODEL) -> bytes:
    body = "\n".join(parts)
    return (
        f'<definitions xmlns="{model}" xmlns:sz="{SZ}" name="{name}" namespace="urn:{name}">\n{body}\n</definitions>'
    ).encode()


def data(name: str, type_: str = "") -> str:
    kind = f' typeRef="{type_}"' if type_ else ""
    return f'<inputData id="i-{name}" name="{name}"><variable name="{name}"{kind}/></inputData>'


def decision(name: str, body: str, *needs: str, type_: str = "", extension: str = "") -> str:
    kind = f' typeRef="{type_}"' if type_ else ""
    extra = f"<extensionElements>{extension}</extensionElements>" if extension else ""
    links = "".join(
        f'<informationRequirement><required{"Input" if need[0] == "i" else "Decision"} href="#{need}"/>'
        "</informationRequirement>"
        for need in needs
    )
    return f'<decision id="d-{name}" name="{name}">{extra}<variable name="{name}"{kind}/>{links}{body}</decision>'


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def table(
    inputs: Sequence[tuple[str, str]],
    rules: Sequence[Sequence[str]],
    *,
    hit: str = "UNIQUE",
    output: str = "",
    annotations: Sequence[str] = (),
    extensions: Sequence[str] = (),
    extension: str = "",
) -> str:
    """A table of one output; each rule is its tests, its output, and its annotations, one rule a line."""
    columns = "".join(
        f'<input label="{name}"><inputExpression typeRef="{type_}"><text>{name}</text></inputExpression></input>'
        for name, type_ in inputs
    )
    kind = f' typeRef="{output}"' if output else ""
    notes = "".join(f'<annotation name="{each}"/>' for each in annotations)
    extra = f"<extensionElements>{extension}</extensionElements>" if extension else ""
    rows = []
    for at, rule in enumerate(rules):
        tests, rest = rule[: len(inputs)], rule[len(inputs) :]
        own = f"<extensionElements>{extensions[at]}</extensionElements>" if at < len(extensions) else ""
        cells = "".join(f"<inputEntry><text>{escape(each)}</text></inputEntry>" for each in tests)
        cells += f"<outputEntry><text>{escape(rest[0])}</text></outputEntry>"
        cells += "".join(
            f"<annotationEntry><text>{escape(each)}</text></annotationEntry>" for each in rest[1:]
        )
        rows.append(f"<rule>{own}{cells}</rule>")
    body = "\n".join(rows)
    return (
        f'<decisionTable hitPolicy="{hit}">{extra}{columns}<output{kind}/>{notes}\n{body}\n</decisionTable>'
    )


def rulebook(*parts: str, **options: str) -> Rulebook:
    return read_rulebook([("m.dmn", definitions(*parts, **options))])
