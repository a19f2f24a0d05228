from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchLoop(PlatformError):
    """There is no loop {loop}."""

    code = "workflow.no_such_loop"
    http_status = 404
    zh = "没有名为 {loop} 的流程。"


class NoSuchDossier(PlatformError):
    """There is no dossier {dossier}."""

    code = "workflow.no_such_dossier"
    http_status = 404
    zh = "没有案卷 {dossier}。"


class ActionNotAllowedHere(PlatformError):
    """Dossier {dossier} is in the state “{state}”; the action {action} does not start from there. Possible: {possible}."""

    code = "workflow.action_not_allowed_here"
    http_status = 409
    zh = "案卷 {dossier} 处于“{state_zh}”状态，不能办理 {action}；现在可办理：{possible_zh}。"


class EvidenceMissing(PlatformError):
    """The action “{action}” needs {missing}."""

    code = "workflow.evidence_missing"
    http_status = 422
    zh = "办理“{action_zh}”须附{missing_zh}。"


class Stale(PlatformError):
    """Dossier {dossier} has moved on since you read it (version {read}, now {now}); read it again, then decide."""

    code = "workflow.stale"
    http_status = 409
    zh = "案卷 {dossier} 在您查看之后已有新的办理（您看到的是第 {read} 版，现为第 {now} 版），请重新查看后再办理。"


class ValuesUnusable(PlatformError):
    """These values can't be kept in a case: {why}."""

    code = "workflow.values_unusable"
    http_status = 422
    zh = "这些内容不能存入办件：{why_zh}。"


class TaskHasForm(PlatformError):
    """Task {task} is finished by its form {form}; fill that in."""

    code = "workflow.task_has_form"
    http_status = 409
    zh = "任务 {task} 通过表单 {form} 办结，请填写表单。"


class NoSuchTask(PlatformError):
    """Case {case} has no open task {element}."""

    code = "workflow.no_such_task"
    http_status = 404
    zh = "办件 {case} 没有待办的任务 {element}。"


class TaskHasNoForm(PlatformError):
    """Task {task} has no form; finish it as it is."""

    code = "workflow.task_has_no_form"
    http_status = 409
    zh = "任务 {task} 没有表单，请直接办结。"


class ExpressionFailed(PlatformError):
    """The expression “{text}” of {element} has no usable value: {why}."""

    code = "workflow.expression_failed"
    http_status = 422
    zh = "{element} 的表达式“{text}”算不出结果：{why_zh}。"


class ProcessRunsAway(PlatformError):
    """The process took more than {most} steps without waiting for anybody: it goes round in a circle."""

    code = "workflow.process_runs_away"
    http_status = 422
    zh = "流程不停地自行运转，超过 {most} 步仍无人办理，已停止：请检查是否有死循环。"


class ProcessFaulty(PlatformError):
    """The file has {count} elements that can't run, the first on line {line}: {en}."""

    code = "workflow.process_faulty"
    http_status = 422
    zh = "流程文件有 {count} 处不能运行，第一处在第 {line} 行：{zh}。"


class TaskNotOpen(PlatformError):
    """Task {task} is no longer open; read the case again."""

    code = "workflow.task_not_open"
    http_status = 409
    zh = "任务 {task} 已不在待办中，请重新查看。"


class NoSuchProcess(PlatformError):
    """There is no process {process}."""

    code = "workflow.no_such_process"
    http_status = 404
    zh = "没有名为 {process} 的流程。"


class NoSuchCase(PlatformError):
    """There is no case {case}."""

    code = "workflow.no_such_case"
    http_status = 404
    zh = "没有办件 {case}。"


class CaseOver(PlatformError):
    """Case {case} is over; nothing more can be done with it."""

    code = "workflow.case_over"
    http_status = 409
    zh = "办件 {case} 已结束，不能再办理。"


class HeldByAnother(PlatformError):
    """{item} is in {holder}'s hands; ask for it to be handed on."""

    code = "workflow.held_by_another"
    http_status = 409
    zh = "{item} 已由 {holder} 认领，请先请其转交或退回。"


class NotInHand(PlatformError):
    """{item} is not in your hands: claim it first."""

    code = "workflow.not_in_hand"
    http_status = 409
    zh = "{item} 不在您手中，请先认领。"


class IsPaused(PlatformError):
    """{item} stands still: {reason}. Resume it first."""

    code = "workflow.is_paused"
    http_status = 409
    zh = "{item} 已暂停计时（{reason}），请先恢复。"


class ReasonMissing(PlatformError):
    """Say why."""

    code = "workflow.reason_missing"
    http_status = 422
    zh = "请写明理由。"


class NoSuchColleague(PlatformError):
    """{to} can't take {item}: no such account, or not one that it may be given to."""

    code = "workflow.no_such_colleague"
    http_status = 422
    zh = "{item} 不能交给 {to}：没有这个账号，或其岗位不能办理。"
