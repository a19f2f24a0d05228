from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchKind(PlatformError):
    """There is no kind of credential {kind}."""

    code = "credentials.no_such_kind"
    http_status = 404
    zh = "没有证照种类 {kind}。"


class NoSuchCredential(PlatformError):
    """There is no such credential."""

    code = "credentials.no_such_credential"
    http_status = 404
    zh = "没有这张证照。"


class NotThisOffice(PlatformError):
    """Credentials of kind {kind} are issued by {owner}, not by {office}."""

    code = "credentials.not_this_office"
    http_status = 403
    zh = "证照 {kind} 由 {owner} 签发，{office} 不能签发。"


class FactsWrong(PlatformError):
    """The facts do not fit the kind {kind}: {problem}."""

    code = "credentials.facts_wrong"
    http_status = 422
    zh = "证照 {kind} 的内容不合要求：{problem_zh}。"


class SubjectWrong(PlatformError):
    """The holder of a credential {kind} is named by {scheme}, in its right form."""

    code = "credentials.subject_wrong"
    http_status = 422
    zh = "证照 {kind} 的持证人须以 {scheme} 标识，且格式正确。"


class StateForbids(PlatformError):
    """Credential {number} is {state}; this can't be done."""

    code = "credentials.state_forbids"
    http_status = 409
    zh = "证照 {number} 状态为{state_zh}，不能这样办理。"


class ReasonMissing(PlatformError):
    """Say why."""

    code = "credentials.reason_missing"
    http_status = 422
    zh = "请写明原因。"


class Unreadable(PlatformError):
    """This is no credential and no code of ours: {problem}."""

    code = "credentials.unreadable"
    http_status = 422
    zh = "这不是可核验的证照或码：{problem_zh}。"


class NotGenuine(PlatformError):
    """The signature does not fit: the content was changed, or somebody else signed it."""

    code = "credentials.not_genuine"
    http_status = 422
    zh = "签名不符：内容被改动，或不是本平台签发。"


class UnknownKey(PlatformError):
    """No known key signed this: {key}."""

    code = "credentials.unknown_key"
    http_status = 422
    zh = "签名所用的密钥 {key} 不在已知公钥之中。"


class Expired(PlatformError):
    """It was valid until {until}."""

    code = "credentials.expired"
    http_status = 422
    zh = "已过有效期，有效期至 {until}。"


class NotYet(PlatformError):
    """It is valid from {since} on only."""

    code = "credentials.not_yet"
    http_status = 422
    zh = "尚未生效，生效时间 {since}。"


class Revoked(PlatformError):
    """This credential has been revoked."""

    code = "credentials.revoked"
    http_status = 422
    zh = "该证照已吊销。"


class Suspended(PlatformError):
    """This credential is suspended."""

    code = "credentials.suspended"
    http_status = 422
    zh = "该证照已中止使用。"


class StatusUnknown(PlatformError):
    """There is no current status list {list}; get the newest one."""

    code = "credentials.status_unknown"
    http_status = 422
    zh = "缺少现行的状态表 {list}，请先取得最新的状态表。"


class CodeReplayed(PlatformError):
    """This code was shown here before; the holder's page shows a fresh one."""

    code = "credentials.code_replayed"
    http_status = 409
    zh = "此码已在这里核验过，请持码人刷新后再出示。"


class NothingToShow(PlatformError):
    """Choose at least one credential that is valid."""

    code = "credentials.nothing_to_show"
    http_status = 422
    zh = "请至少选择一张有效证照。"


class PurposeMissing(PlatformError):
    """Say what the credential is needed for, and at least one of its fields."""

    code = "credentials.purpose_missing"
    http_status = 422
    zh = "请写明用途，并至少选择一项内容。"


class NotAsked(PlatformError):
    """There is no such request, or it is {state}."""

    code = "credentials.not_asked"
    http_status = 409
    zh = "没有这项调用申请，或申请{state_zh}。"
