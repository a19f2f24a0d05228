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
