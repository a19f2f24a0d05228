"""Reading the requirements graph (需求图): inputs, decisions, knowledge, services, types and imports."""

from __future__ import annotations

from dataclasses import dataclass, field

from shuzhi.support.decisions.dmn import model
from shuzhi.support.decisions.dmn.model import Definitions, Link, Named
from shuzhi.support.decisions.dmn.reading import extensions
from shuzhi.support.decisions.dmn.reading.expressions import find_expression, read_function
from shuzhi.support.decisions.dmn.reading.notebook import (
    Notebook,
    name_of,
    named,
    spot_of,
    text_of,
    type_name,
    type_of,
)
from shuzhi.support.decisions.dmn.xml import Element


@dataclass
class _Found:
    items: list[model.Item] = field(default_factory=list)
    inputs: list[model.InputData] = field(default_factory=list)
    decisions: list[model.Decision] = field(default_factory=list)
    knowledge: list[model.Knowledge] = field(default_factory=list)
    services: list[model.Service] = field(default_factory=list)
    imports: list[model.Import] = field(default_factory=list)


def read_definitions(root: Element, version: str, notes: Notebook) -> Definitions:
    """All parts of a file; what the standard does not know (extensions, artifacts, diagrams) is passed over."""
    notes.namespace = root.get("namespace")
    notes.language = root.get("expressionLanguage")
    found = _Found()
    for child in root.children:
        if child.namespace == root.namespace:
            _read_part(child, found, notes)
    return Definitions(
        notes.file,
        name_of(root.get("name")),
        notes.namespace,
        version,
        tuple(found.imports),
        tuple(found.items),
        tuple(found.inputs),
        tuple(found.decisions),
        tuple(found.knowledge),
        tuple(found.services),
    )


def _read_part(element: Element, found: _Found, notes: Notebook) -> None:
    with notes.within(name_of(element.get("name")) if element.name != "import" else ""):
        match element.name:
            case "inputData":
                found.inputs.append(
                    model.InputData(element.get("id"), _name(element, notes), _variable(element, notes))
                )
            case "decision":
                found.decisions.append(_decision(element, notes))
            case "businessKnowledgeModel":
                found.knowledge.append(_knowledge(element, notes))
            case "decisionService":
                found.services.append(_service(element, notes))
            case "itemDefinition":
                found.items.append(_item(element, notes))
            case "import":
                found.imports.append(_import(element))


def _name(element: Element, notes: Notebook) -> str:
    name = name_of(element.get("name"))
    if not name:
        notes.note(element, "name-missing", f"{element.name} 缺少名称", f"{element.name} has no name")
    return name


def _variable(element: Element, notes: Notebook) -> Named:
    variable = element.child("variable")
    if variable is None:
        return Named(name_of(element.get("name")), "", spot_of(element))
    name = name_of(variable.get("name")) or name_of(element.get("name"))
    return Named(name, type_of(variable, notes), spot_of(variable))


def _import(element: Element) -> model.Import:
    return model.Import(
        name_of(element.get("name")), element.get("namespace"), element.get("importType"), spot_of(element)
    )


def _links(element: Element, *path: str) -> tuple[Link, ...]:
    found = [element]
    for step in path:
        found = [child for each in found for child in each.all(step)]
    return tuple(Link(each.get("href"), spot_of(each)) for each in found)


def _decision(element: Element, notes: Notebook) -> model.Decision:
    return model.Decision(
        element.get("id"),
        _name(element, notes),
        _variable(element, notes),
        _links(element, "informationRequirement", "requiredInput"),
        _links(element, "informationRequirement", "requiredDecision"),
        _links(element, "knowledgeRequirement", "requiredKnowledge"),
        find_expression(element, notes),
        extensions.bases_of(element),
        extensions.period_of(element, notes),
        extensions.version_of(element, notes),
        extensions.values_of(element, notes),
        spot_of(element),
    )


def _knowledge(element: Element, notes: Notebook) -> model.Knowledge:
    logic = element.child("encapsulatedLogic")
    return model.Knowledge(
        element.get("id"),
        _name(element, notes),
        _variable(element, notes),
        read_function(logic, notes) if logic is not None else None,
        _links(element, "knowledgeRequirement", "requiredKnowledge"),
        spot_of(element),
    )


def _service(element: Element, notes: Notebook) -> model.Service:
    return model.Service(
        element.get("id"),
        _name(element, notes),
        _variable(element, notes),
        _links(element, "outputDecision"),
        _links(element, "encapsulatedDecision"),
        _links(element, "inputDecision"),
        _links(element, "inputData"),
        spot_of(element),
    )


def _item(element: Element, notes: Notebook) -> model.Item:
    return model.Item(
        _name(element, notes),
        type_of(element, notes),
        tuple(_item(each, notes) for each in element.all("itemComponent")),
        element.get("isCollection") in ("true", "1"),
        text_of(element.child("allowedValues"), notes),
        text_of(element.child("typeConstraint"), notes),
        _function_item(element.child("functionItem"), notes),
        spot_of(element),
    )


def _function_item(element: Element | None, notes: Notebook) -> tuple[str, tuple[Named, ...]] | None:
    if element is None:
        return None
    result = type_name(element.get("outputTypeRef"), element, notes)
    return result, tuple(named(each, notes) for each in element.all("parameters"))
