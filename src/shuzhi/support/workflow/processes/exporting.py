"""A loop as BPMN (闭环导出): what the table of states says, for whoever reads or draws with other tools.

States become user tasks (what waits there), actions the flows between them, by an exclusive gateway where there are
several; final states end events. The drawing goes from left to right in the order of the declaration. It is a picture of
the loop, not its engine: conditions name the action that somebody takes (`action = "approve"`).
"""

from __future__ import annotations

from lxml import etree

from shuzhi.support.workflow.processes.reading import BPMN, BPMNDI, OWN
from shuzhi.support.workflow.types import LoopDeclaration

DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
_NAMES = {None: BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "shuzhi": OWN}
STEP, ROW = 220, 140


def loop_as_bpmn(loop: LoopDeclaration) -> bytes:
    """The loop as a BPMN 2.0 file with its drawing."""
    return _Drawing(loop).whole()


class _Drawing:
    def __init__(self, loop: LoopDeclaration) -> None:
        self.loop = loop
        self.root = etree.Element(f"{{{BPMN}}}definitions", nsmap=_NAMES)  # type: ignore[arg-type]
        self.root.set("id", f"definitions-{loop.loop}")
        self.root.set("targetNamespace", "urn:shuzhi:loops")
        self.process = self._in(
            self.root, BPMN, "process", id=loop.loop, name=loop.title.zh, isExecutable="true"
        )
        self.places: dict[str, tuple[int, int, int, int]] = {}
        self.flows: list[tuple[str, str, str]] = []

    def whole(self) -> bytes:
        self._node("startEvent", "opened", "发起", (60, 100), 36)
        for index, state in enumerate(self.loop.states):
            x, y = 180 + STEP * index, 100
            if state.final:
                self._node(
                    "endEvent", f"state-{state.id}", state.title.zh, (x + 40, y + ROW * (index % 2)), 36
                )
            else:
                self._node("userTask", f"state-{state.id}", state.title.zh, (x, y), 120)
        self._flow("opened", f"state-{self.loop.start}", "")
        for state in self.loop.states:
            self._ways(state.id)
        self._draw()
        return bytes(etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True))

    def _ways(self, state: str) -> None:
        actions, source = self.loop.actions_from(state), f"state-{state}"
        if not actions:
            return
        x, y, _, _ = self.places[source]
        self._node("exclusiveGateway", f"gate-{state}", "", (x + 150, y + 15), 50)
        self._flow(source, f"gate-{state}", "")
        for action in actions:
            self._flow(f"gate-{state}", f"state-{action.to}", action.id, action.title.zh)

    def _node(self, kind: str, name: str, title: str, at: tuple[int, int], width: int) -> None:
        self._in(self.process, BPMN, kind, id=name, name=title)
        self.places[name] = (*at, width, 80 if kind == "userTask" else width)

    def _flow(self, source: str, target: str, action: str, title: str = "") -> None:
        name = f"flow-{len(self.flows)}"
        flow = self._in(
            self.process, BPMN, "sequenceFlow", id=name, name=title, sourceRef=source, targetRef=target
        )
        if action:
            condition = self._in(flow, BPMN, "conditionExpression")
            condition.text = f'action = "{action}"'
        self.flows.append((name, source, target))

    def _draw(self) -> None:
        diagram = self._in(self.root, BPMNDI, "BPMNDiagram", id="diagram")
        plane = self._in(diagram, BPMNDI, "BPMNPlane", id="plane", bpmnElement=self.loop.loop)
        for name, (x, y, width, height) in self.places.items():
            shape = self._in(plane, BPMNDI, "BPMNShape", id=f"{name}-shape", bpmnElement=name)
            self._in(shape, DC, "Bounds", x=str(x), y=str(y), width=str(width), height=str(height))
        for index, (name, source, target) in enumerate(self.flows):
            edge = self._in(plane, BPMNDI, "BPMNEdge", id=f"{name}-edge", bpmnElement=name)
            for x, y in self._points(source, target, index):
                self._in(edge, DI, "waypoint", x=str(x), y=str(y))

    def _points(self, source: str, target: str, index: int) -> list[tuple[int, int]]:
        x1, y1, w1, h1 = self.places[source]
        x2, y2, w2, h2 = self.places[target]
        start, end = (x1 + w1, y1 + h1 // 2), (x2, y2 + h2 // 2)
        if 0 <= x2 - x1 - w1 <= STEP and abs(start[1] - end[1]) <= ROW:
            return [start, end]
        lane = 300 + 20 * index  # beneath everything, each flow on a line of its own
        return [(x1 + w1 // 2, y1 + h1), (x1 + w1 // 2, lane), (x2 + w2 // 2, lane), (x2 + w2 // 2, y2 + h2)]

    @staticmethod
    def _in(parent: etree._Element, space: str, tag: str, **attributes: str) -> etree._Element:
        return etree.SubElement(
            parent, f"{{{space}}}{tag}", {k: v for k, v in attributes.items() if v or k == "name"}
        )
