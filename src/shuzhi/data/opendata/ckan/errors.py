from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class ActionError(PlatformError):
    """The action failed."""

    kind = "Error"

    def as_ckan(self) -> dict[str, object]:
        """The error as CKAN's clients expect it."""
        return {"__type": self.kind, "message": str(self), "message_zh": self.message_zh}


class NotFound(ActionError):
    """Not found: {what}"""

    code = "ckan.not_found"
    http_status = 404
    zh = "找不到：{what}"
    kind = "Not Found Error"


class Invalid(ActionError):
    """{field}: {reason}"""

    code = "ckan.invalid"
    http_status = 409
    zh = "参数 {field} 有误：{reason_zh}"
    kind = "Validation Error"

    def as_ckan(self) -> dict[str, object]:
        """CKAN names the fields at fault as keys."""
        return {**super().as_ckan(), str(self.facts["field"]): [str(self.facts["reason"])]}


class BadSearch(ActionError):
    """Search Query is invalid: {reason}"""

    code = "ckan.bad_search"
    http_status = 400
    zh = "看不懂的检索式：{reason_zh}"
    kind = "Search Query Error"


class BadRequest(ActionError):
    """Bad request - {reason}"""

    code = "ckan.bad_request"
    http_status = 400
    zh = "请求有误：{reason_zh}"
    kind = "Bad Request"


class AccessDenied(ActionError):
    """Access denied: {action} needs the token of an account that may do it: {reason}"""

    code = "ckan.access_denied"
    http_status = 403
    zh = "不允许：{action} 需要有权账号的令牌。{reason_zh}"
    kind = "Authorization Error"


class NoSqlFromOutside(ActionError):
    """Access denied: no SQL text is accepted from outside; datastore_search has filters, q, fields, sort and distinct"""

    code = "ckan.no_sql"
    http_status = 403
    zh = "不允许：本站不接受外来的 SQL 文本；请用 datastore_search 的筛选、查找、选字段、排序和去重"
    kind = "Authorization Error"


class NoSuchAction(ActionError):
    """Bad request - Action name not known: {action}"""

    code = "ckan.no_such_action"
    http_status = 400
    zh = "没有名为 {action} 的动作"
    kind = "Bad Request"
