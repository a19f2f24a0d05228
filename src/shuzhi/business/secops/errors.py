from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchIncident(PlatformError):
    """There is no incident {incident}."""

    code = "secops.no_such_incident"
    http_status = 404
    zh = "没有第 {incident} 号安全事件。"


class NothingToContain(PlatformError):
    """{caller} is no subscription and no account: there is nothing to suspend."""

    code = "secops.nothing_to_contain"
    http_status = 409
    zh = "{caller} 不是订阅也不是账号，无可停用。"


class ExemptionTooLong(PlatformError):
    """An exception ends within a year; {until} is too late or over."""

    code = "secops.exemption_too_long"
    zh = "例外最长一年，截止日 {until} 过晚或已过。"


class NoSuchAsset(PlatformError):
    """The list of assets has no {asset}."""

    code = "secops.no_such_asset"
    http_status = 404
    zh = "资产清单中没有 {asset}。"


class NoSuchAccess(PlatformError):
    """There is no third-party access {access} that is still open."""

    code = "secops.no_such_access"
    http_status = 404
    zh = "没有第 {access} 号仍有效的第三方访问。"


class AccessTooLong(PlatformError):
    """Third-party access ends within {days} days of its beginning, and after now; {until} is not allowed."""

    code = "secops.access_too_long"
    zh = "第三方访问须在开始后 {days} 天内截止且晚于当前时间，不能是 {until}。"


class SponsorMissing(PlatformError):
    """{sponsor} is no account in use of an office: somebody inside answers for a third party's access."""

    code = "secops.sponsor_missing"
    zh = "{sponsor} 不是在用的部门账号：第三方访问须有内部人员担保。"


class AccessIncomplete(PlatformError):
    """A third party's access names vendor, contact, purpose and scope; {missing} is missing."""

    code = "secops.access_incomplete"
    zh = "第三方访问须写明厂商、联系人、用途和范围，缺少：{missing}。"


class NotForThirdParties(PlatformError):
    """A third party is given no role of {roles}."""

    code = "secops.not_for_third_parties"
    http_status = 403
    zh = "不得向第三方授予岗位 {roles}。"


class NoSuchDrill(PlatformError):
    """There is no drill {drill}."""

    code = "secops.no_such_drill"
    http_status = 404
    zh = "没有第 {drill} 号演练。"


class DrillNotReady(PlatformError):
    """Drill {drill} is {state}; this needs one that is {wanted}."""

    code = "secops.drill_not_ready"
    http_status = 409
    zh = "第 {drill} 号演练处于 {state}，此操作要求 {wanted}。"


class DrillIncomplete(PlatformError):
    """A drill needs a title, a plan, and at its end findings and at least one measure; {missing} is missing."""

    code = "secops.drill_incomplete"
    zh = "演练须有名称和方案，结束时须有发现的问题和至少一项改进措施，缺少：{missing}。"


class NoSuchControl(PlatformError):
    """No installed pack declares the control {control}."""

    code = "secops.no_such_control"
    http_status = 404
    zh = "没有已安装的应用包声明测评项 {control}。"


class NotForStatement(PlatformError):
    """{control} is looked at by the platform itself: what it sees counts, nobody's word."""

    code = "secops.not_for_statement"
    http_status = 409
    zh = "{control} 由平台自动核查，以核查结果为准，不接受人工声明。"


class StatementIncomplete(PlatformError):
    """A statement says why, and holds for a year at most; {until} is not allowed or nothing is said."""

    code = "secops.statement_incomplete"
    zh = "声明须写明依据，有效期最长一年：截止日 {until} 不合要求或未写依据。"


class IncidentIncomplete(PlatformError):
    """A reported incident says what happened, where, and in both languages; {missing} is missing."""

    code = "secops.incident_incomplete"
    zh = "上报的安全事件须写明何事、何对象，缺少：{missing}。"
