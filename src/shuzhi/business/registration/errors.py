"""What registration refuses."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchService(PlatformError):
    """There is no service {service}."""

    code = "registration.no_such_service"
    http_status = 404
    zh = "没有服务 {service}。"


class NoSuchForm(PlatformError):
    """There is no form {form}."""

    code = "registration.no_such_form"
    http_status = 404
    zh = "没有表单 {form}。"


class NoSuchApplication(PlatformError):
    """There is no application {application}."""

    code = "registration.no_such_application"
    http_status = 404
    zh = "没有申请 {application}。"


class NoSuchTask(PlatformError):
    """There is no task {task}."""

    code = "registration.no_such_task"
    http_status = 404
    zh = "没有任务 {task}。"


class NoStatistics(PlatformError):
    """There is no registration {name}."""

    code = "registration.no_statistics"
    http_status = 404
    zh = "没有登记事项 {name}。"


class AnswersUnfit(PlatformError):
    """The answers do not fit the form: {problem}."""

    code = "registration.answers_unfit"
    http_status = 400
    zh = "填写内容不符合表单要求：{problem}。"


class ApplicationOver(PlatformError):
    """Application {application} has been decided."""

    code = "registration.application_over"
    http_status = 409
    zh = "申请 {application} 已办结。"


class DocumentRefused(PlatformError):
    """Bad request, file upload failed: {problem}"""

    code = "registration.document_refused"
    http_status = 400
    zh = "文件未能上传：{problem}。"
