"""What to write instead (怎么改): said after what can't run, so that nobody has to know BPMN by heart."""

from __future__ import annotations

from dataclasses import replace

from shuzhi.foundation.words import Words
from shuzhi.support.workflow.processes.model import Model
from shuzhi.support.workflow.processes.reading import Fault
from shuzhi.support.workflow.processes.wording import shown

INSTEAD = {
    "id-twice": ("请给其中一个另起编号", "give one of them another id"),
    "id-missing": ("请补上唯一的 id", "give it an id of its own"),
    "process-missing": (
        "请画一个流程；只有协作、编排或会话的图不能运行",
        "draw a process; a drawing of a collaboration, choreography or conversation alone can't run",
    ),
    "event-multiple": ("请每个事件分开画", "draw an event for each"),
    "event-without-kind": (
        "请加消息、定时、信号等事件定义",
        "add a message, timer, signal or other definition",
    ),
    "reference-unknown": ("请引用文件中已定义、有名称的一个", "refer to one that the file defines and names"),
    "reference-nameless": ("请给它起名称", "give it a name"),
    "compensation-without-handler": (
        "请从它画关联线到标有 isForCompensation 的任务",
        "draw an association to a task that is marked isForCompensation",
    ),
    "flow-end-unknown": ("请把两端连到同一流程的元素上", "connect both its ends within one process"),
    "flow-from-end": ("请删去这条流，或改用中间事件", "delete the flow, or use an intermediate event"),
    "flow-to-start": ("请连到其后的活动", "lead it to the activity behind"),
    "start-missing": ("请加一个开始事件", "add a start event"),
    "start-twice": (
        "请各画成一个流程，或合并为一个开始",
        "draw a process for each, or one start for both",
    ),
    "unreachable": ("请把它连上，或删去", "connect it or delete it"),
    "boundary-unattached": ("请附在一个活动上", "attach it to an activity"),
    "leads-nowhere": ("请画出其后的活动", "draw what follows"),
    "default-unknown": ("请改成从它出发的一条流", "name a flow that starts from it"),
    "condition-missing": (
        "请写 FEEL 条件，或设为默认流",
        "write a condition in FEEL, or make it the default",
    ),
    "attribute-unknown": ("请删去或改正拼写", "delete it or mend its spelling"),
    "role-unknown": ("请写平台的角色", "write a role of the platform"),
    "amber-too-early": ("请缩短预警期", "let amber begin later"),
    "service-missing": ("请写由哪个服务办理", "say which service does it"),
    "rule-missing": ("请写规则、决策和结果变量", "say which rules, which decision and the result's variable"),
    "result-missing": ("请写结果变量", "say the result's variable"),
    "called-missing": ("请写所调用流程的编号", "write the called process's id"),
    "loop-endless": ("请写条件或 loopMaximum", "write a condition or loopMaximum"),
    "timer-without-time": (
        "请写 timeDate、timeDuration、timeCycle 或 shuzhi:workingDays",
        "write timeDate, timeDuration, timeCycle or shuzhi:workingDays",
    ),
    "timer-text": (
        "请写如 2026-09-18、PT2H、R3/P1D，或以 = 开头的 FEEL",
        "write 2026-09-18, PT2H, R3/P1D or the like, or FEEL after =",
    ),
    "expression-syntax": ("请改写成 FEEL", "write it in FEEL"),
    "called-unknown": (
        "请一并给出被调用的流程，或改正编号",
        "give the called process's file too, or mend the id",
    ),
}


def advised(model: Model, found: Fault) -> Fault:
    """The same with the name that people see on the drawing, and with what to write instead."""
    zh, en = found.message.zh, found.message.en
    if found.element:
        zh_name, en_name = shown(found.element, model.titles.get(found.element, ""))
        zh = _with_name(zh, found.element, zh_name, "：")
        en = _with_name(en, found.element, en_name, ": ")
    if found.rule in INSTEAD:
        zh, en = f"{zh}。{INSTEAD[found.rule][0]}", f"{en}; {INSTEAD[found.rule][1]}"
    return replace(found, message=Words(zh=zh, en=en))


def _with_name(text: str, element: str, named: str, colon: str) -> str:
    return text.replace(element, named, 1) if element in text else f"{named}{colon}{text}"
