"""What a BPMN file says (模型): nodes and flows by scope, with their lines; nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from shuzhi.support.workflow.processes.elements import (
    attributes,
    children,
    is_bpmn,
    is_plain_time,
    is_true,
    line_of,
    local,
    own_words,
    reference,
    text_of,
)
from shuzhi.support.workflow.processes.reading import OWN

SCOPES = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = frozenset(
    {
        *("task", "userTask", "manualTask", "serviceTask", "businessRuleTask", "scriptTask", "sendTask"),
        *("receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess"),
    }
)
GATEWAYS = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"}
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
NODES = ACTIVITIES | GATEWAYS | EVENTS
# Drawn for the reader; the engine has nothing to do with them.
PASSIVE = frozenset(
    {
        *(
            "laneSet",
            "dataObject",
            "dataObjectReference",
            "dataStoreReference",
            "association",
            "textAnnotation",
        ),
        *(
            "group",
            "documentation",
            "extensionElements",
            "ioSpecification",
            "property",
            "monitoring",
            "auditing",
        ),
        *("resourceRole", "performer", "humanPerformer", "potentialOwner", "supportedInterfaceRef"),
        *("incoming", "outgoing", "correlationSubscription", "artifact", "category"),
    }
)


@dataclass
class Event:
    """One event definition: its kind (`timer`, `message` …), what it refers to, and its texts."""

    kind: str
    line: int
    ref: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)


@dataclass
class Many:
    """A multi-instance marker (会签) or a loop marker on an activity."""

    line: int
    kind: str  # parallel, sequential, loop
    cardinality: str = ""
    collection: str = ""
    element: str = ""
    output: str = ""
    result: str = ""
    condition: str = ""
    maximum: str = ""
    test_before: bool = False


@dataclass
class Node:
    """An activity, gateway or event."""

    id: str
    kind: str
    name: str
    line: int
    scope: str
    attributes: dict[str, str]
    own: dict[str, str]
    events: list[Event] = field(default_factory=list)
    many: Many | None = None
    inputs: list[tuple[str, str, int]] = field(default_factory=list)
    outputs: list[tuple[str, str, int]] = field(default_factory=list)
    script: str = ""

    @property
    def en(self) -> str:
        """Its name in English, or as it stands."""
        return self.own.get("en") or self.name or self.id

    @property
    def is_event_subprocess(self) -> bool:
        """Whether it begins by an event, beside the flow."""
        return self.kind == "subProcess" and self.attributes.get("triggeredByEvent") == "true"

    @property
    def undoes(self) -> bool:
        """Whether it is the event at an activity that leads to what undoes it."""
        return self.kind == "boundaryEvent" and bool(self.events) and self.events[0].kind == "compensate"

    @property
    def links(self) -> str:
        """The name of the link that it throws or catches, on a drawing too wide for one flow."""
        return self.events[0].ref if self.events and self.events[0].kind == "link" else ""

    @property
    def compensates(self) -> bool:
        """Whether it undoes another activity and runs only then."""
        return self.attributes.get("isForCompensation") == "true"


@dataclass
class Flow:
    """A sequence flow."""

    id: str
    line: int
    source: str
    target: str
    condition: str | None
    language: str = ""


@dataclass
class Scope:
    """A process or sub-process: its nodes and flows in the order of the file."""

    id: str
    kind: str
    name: str
    line: int
    parent: str
    executable: bool = True
    en: str = ""
    nodes: list[str] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    odd: list[tuple[str, str, int]] = field(default_factory=list)  # tag, id, line of what nobody knows


@dataclass
class Model:
    """A whole file."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    named: dict[str, dict[str, str]] = field(default_factory=dict)  # messages, signals … by id
    titles: dict[str, str] = field(default_factory=dict)  # what is written beside an element, by id
    within: dict[str, str] = field(default_factory=dict)  # the scope in which an element stands, by id
    undoing: dict[str, str] = field(default_factory=dict)  # compensation event → handler
    twice: list[tuple[str, int]] = field(default_factory=list)
    nameless: list[tuple[str, int]] = field(default_factory=list)
    odd: list[tuple[str, str, int]] = field(default_factory=list)
    languages: list[tuple[str, str, int]] = field(default_factory=list)  # language, element, line
    language: str = ""  # of every expression that names none itself

    @property
    def processes(self) -> list[Scope]:
        """The processes, in the order of the file."""
        return [each for each in self.scopes.values() if each.kind == "process"]

    def inside(self, scope: str) -> list[Node]:
        """A scope's nodes."""
        return [self.nodes[each] for each in self.scopes[scope].nodes]

    def ways(self, scope: Scope) -> list[tuple[str, str]]:
        """A scope's flows and links as pairs of nodes."""
        links = [node for node in self.inside(scope.id) if node.links]
        return [(flow.source, flow.target) for flow in scope.flows] + [
            (one.id, other.id)
            for one in links
            for other in links
            if one.kind == "intermediateThrowEvent"
            and other.kind == "intermediateCatchEvent"
            and one.links == other.links
        ]

    def process_of(self, scope: str) -> str:
        """The process in which a scope lies."""
        while self.scopes[scope].parent:
            scope = self.scopes[scope].parent
        return scope


ROOTS = frozenset(
    {
        *(
            "message",
            "signal",
            "error",
            "escalation",
            "process",
            "collaboration",
            "itemDefinition",
            "dataStore",
        ),
        *("import", "extension", "relationship", "resource", "interface", "category", "documentation"),
        *("extensionElements", "correlationProperty", "partnerEntity", "partnerRole", "endPoint"),
    }
)


def read_model(root: etree._Element) -> Model:
    """What the file says; of an id that stands twice the first counts."""
    model = Model(language=root.get("expressionLanguage", ""))
    for child in children(root):
        name = local(child)
        _note_title(model, child)
        if name in ("message", "signal", "error", "escalation"):
            given = {key: value for key, value in child.attrib.items() if isinstance(key, str)}
            if not child.get("id"):
                model.nameless.append((name, line_of(child)))
                continue
            model.named[child.get("id", "")] = {str(k): str(v) for k, v in given.items()} | {"kind": name}
        elif name == "process":
            _read_scope(model, child, parent="")
        elif is_bpmn(child) and name not in ROOTS:
            model.odd.append((name, child.get("id", ""), line_of(child)))
    return model


def _read_scope(model: Model, element: etree._Element, *, parent: str) -> None:
    name = _id(model, element)
    scope = Scope(
        id=name,
        kind=local(element),
        name=element.get("name", "").strip(),
        line=line_of(element),
        parent=parent,
        executable=is_true(element, "isExecutable"),
        en=own_words(element).get("en", ""),
    )
    if name in model.scopes:
        model.twice.append((name, scope.line))
        return
    model.scopes[name] = scope
    model.within.setdefault(name, name)
    for child in children(element):
        tag = local(child)
        model.within.setdefault(child.get("id") or tag, name)
        if not is_bpmn(child):
            continue
        _note_title(model, child)
        if tag in NODES:
            _read_node(model, scope, child)
        elif tag == "sequenceFlow":
            scope.flows.append(_flow(model, child))
        elif tag == "association":
            _note_undoing(model, child)
        elif tag not in PASSIVE and not _is_marker(tag):
            scope.odd.append((tag, child.get("id", ""), line_of(child)))


def _note_title(model: Model, element: etree._Element) -> None:
    if element.get("id") and element.get("name", "").strip():
        model.titles.setdefault(str(element.get("id")), str(element.get("name")))


def _is_marker(tag: str) -> bool:
    return tag.endswith(("EventDefinition", "LoopCharacteristics", "completionCondition", "Association"))


def _note_undoing(model: Model, child: etree._Element) -> None:
    source, target = (reference(child, child.get(end, "")) for end in ("sourceRef", "targetRef"))
    model.undoing.setdefault(source, target)


def _read_node(model: Model, scope: Scope, element: etree._Element) -> None:
    name = _id(model, element)
    if name in model.nodes or name in model.scopes:
        model.twice.append((name, line_of(element)))
        return
    node = Node(
        id=name,
        kind=local(element),
        name=element.get("name", "").strip(),
        line=line_of(element),
        scope=scope.id,
        attributes=attributes(element),
        own=own_words(element),
    )
    model.nodes[name] = node
    scope.nodes.append(name)
    for child in children(element):
        tag = local(child)
        if tag.endswith("EventDefinition") and is_bpmn(child):
            node.events.append(_event(model, child, name))
        elif tag == "eventDefinitionRef":
            node.events.append(Event(tag, line_of(child), ref=text_of(child)))
        elif tag in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
            node.many = _many(model, child, name)
        elif tag == "completionCondition" and node.kind == "adHocSubProcess":
            node.script = text_of(child)
            _note_language(model, child, name)
        elif tag == "script":
            node.script = text_of(child)
        elif tag == "extensionElements":
            _mappings(node, child)
    if node.kind in SCOPES:
        _read_scope(model, element, parent=scope.id)


def _mappings(node: Node, extensions: etree._Element) -> None:
    for each in children(extensions):
        if each.tag in (f"{{{OWN}}}input", f"{{{OWN}}}output"):
            into = node.inputs if local(each) == "input" else node.outputs
            into.append((each.get("name", ""), each.get("value", ""), line_of(each)))


def _event(model: Model, element: etree._Element, node: str) -> Event:
    event = Event(local(element).removesuffix("EventDefinition"), line_of(element), own=own_words(element))
    for key, value in element.attrib.items():
        if str(key).endswith("Ref"):
            event.ref = reference(element, str(value))
    if event.kind == "link":
        event.ref = element.get("name", "")
    waits = "true" if is_true(element, "waitForCompletion", unsaid=True) else "false"
    event.own |= {"waits": waits} if event.kind == "compensate" else {}
    for child in children(element):
        if not (event.kind == "timer" and is_plain_time(text_of(child))):
            _note_language(model, child, node)
        event.texts[local(child)] = text_of(child)
        event.own |= own_words(child)
    return event


def _many(model: Model, element: etree._Element, node: str) -> Many:
    own, loops = own_words(element), local(element) == "standardLoopCharacteristics"
    kind = "sequential" if is_true(element, "isSequential") else "parallel"
    many = Many(
        line=line_of(element),
        kind="loop" if loops else kind,
        collection=own.get("collection", ""),
        element=own.get("element", ""),
        output=own.get("output", ""),
        result=own.get("result", ""),
        maximum=element.get("loopMaximum", ""),
        test_before=is_true(element, "testBefore"),
    )
    for child in children(element):
        tag = local(child)
        _note_language(model, child, node)
        if tag == "loopCardinality":
            many.cardinality = text_of(child)
        elif tag in ("completionCondition", "loopCondition"):
            many.condition = text_of(child)
        elif tag == "loopDataInputRef" and not many.collection:
            many.collection = text_of(child)
        elif tag == "inputDataItem" and not many.element:
            many.element = str(child.get("name") or child.get("id", ""))
        elif tag == "loopDataOutputRef" and not many.output:
            many.output = text_of(child)
        elif tag == "outputDataItem" and not many.result:
            many.result = str(child.get("name") or child.get("id", ""))
    return many


def _flow(model: Model, element: etree._Element) -> Flow:
    condition, language = None, ""
    for child in children(element):
        if local(child) == "conditionExpression":
            condition, language = text_of(child) or None, child.get("language", "")
            _note_language(model, child, element.get("id", ""))
    return Flow(
        element.get("id", ""),
        line_of(element),
        element.get("sourceRef", ""),
        element.get("targetRef", ""),
        condition,
        language,
    )


_EXPRESSIONS = frozenset(
    {
        *("conditionExpression", "completionCondition", "loopCondition", "loopCardinality", "condition"),
        *("timeDate", "timeDuration", "timeCycle"),
    }
)


def _note_language(model: Model, element: etree._Element, owner: str) -> None:
    if local(element) not in _EXPRESSIONS or not text_of(element):
        return
    language = element.get("language", "") or model.language
    if language and "feel" not in language.lower():
        model.languages.append((language, owner, line_of(element)))


def _id(model: Model, element: etree._Element) -> str:
    name = element.get("id", "")
    if not name:
        name = f"{local(element)}.{len(model.nodes) + len(model.scopes)}"
        model.nameless.append((local(element), line_of(element)))
    return str(name)
