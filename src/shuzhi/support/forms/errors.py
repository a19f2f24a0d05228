"""Every refusal that the room can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shuzhi.foundation.errors import PlatformError

if TYPE_CHECKING:
    from shuzhi.support.forms.types import Fault


class SchemaRefused(PlatformError):
    """This is no usable JSON Schema: {reason}."""

    code = "forms.schema_refused"
    http_status = 422
    zh = "JSON Schema 无法使用：{reason}"


class TooLarge(PlatformError):
    """The document has more than {most} {what}."""

    code = "forms.too_large"
    http_status = 413
    zh = "文件超出限额：{what_zh}不得超过 {most}。"


class SuiteMissing(PlatformError):
    """{folder} holds no test cases of {draft} in the official suite's layout."""

    code = "forms.suite_missing"
    http_status = 404
    zh = "{folder} 中没有 {draft} 官方测试集的用例。"


class NoSuchForm(PlatformError):
    """No form named {form} is installed."""

    code = "forms.no_such_form"
    http_status = 404
    zh = "没有安装名为 {form} 的表单。"


class NoSuchFilling(PlatformError):
    """There is no filling {number} that you may see."""

    code = "forms.no_such_filling"
    http_status = 404
    zh = "没有第 {number} 号填报，或您无权查看。"


class NotForYou(PlatformError):
    """The form {form} is filled in by others: {audience}."""

    code = "forms.not_for_you"
    http_status = 403
    zh = "表单 {form} 由{audience_zh}填写。"


class OnlyForTask(PlatformError):
    """The form {form} is filled in for a task; open it from there."""

    code = "forms.only_for_task"
    http_status = 409
    zh = "表单 {form} 只在办理任务时填写，请从任务中打开。"


class NoProof(PlatformError):
    """Your account has no proven identity ({scheme}); take your identity card to a service window once."""

    code = "forms.no_proof"
    http_status = 403
    zh = "您的账号还没有实名认证（{scheme}）。请带身份证到任一政务服务窗口办理一次。"


class StaleFilling(PlatformError):
    """These answers were changed elsewhere: you saw revision {read}, now it is {now}. Look at them again."""

    code = "forms.stale"
    http_status = 409
    zh = "这份填报已在别处改过（您看到的是第 {read} 版，现为第 {now} 版），请核对后再保存。"


class AlreadySubmitted(PlatformError):
    """The filling {number} is {state}; its answers can't be changed any more."""

    code = "forms.already_submitted"
    http_status = 409
    zh = "第 {number} 号填报已{state_zh}，不能再改。"


class FormChanged(PlatformError):
    """The form has a new version; look at your answers again before you submit. No longer asked: {lost}."""

    code = "forms.changed"
    http_status = 409
    zh = "表单有了新版本，请核对答案后再提交。不再需要的内容：{lost_zh}。"


class AnswersWrong(PlatformError):
    """{count} answers must be put right; the first: {first}."""

    code = "forms.answers_wrong"
    http_status = 422
    zh = "有 {count} 处需要改正，第一处：{first_zh}。"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep every fault; the message names the first."""
        first = faults[0].message
        super().__init__(count=len(faults), first=first.en, first_zh=first.zh)
        self.faults = faults

    def as_dict(self) -> dict[str, object]:
        """With every fault, each at its field."""
        return super().as_dict() | {"errors": [each.as_dict() for each in self.faults]}


class NotSigned(PlatformError):
    """Confirm the statement above the button: without it nothing is submitted."""

    code = "forms.not_signed"
    http_status = 422
    zh = "请先确认声明，再提交。"


class FileRefused(PlatformError):
    """The file {name} was not taken: {reason}."""

    code = "forms.file_refused"
    http_status = 422
    zh = "没有收下文件 {name}：{reason_zh}。"


class NoSuchFileField(PlatformError):
    """The form has no field {field} for files."""

    code = "forms.no_such_file_field"
    http_status = 404
    zh = "表单没有可交文件的字段 {field}。"


class RegisterDown(PlatformError):
    """The register {register} does not answer now."""

    code = "forms.register_down"
    http_status = 503
    zh = "基础库 {register} 暂时查不到。"
