from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchCase(PlatformError):
    """There is no case {case}."""

    code = "matters.no_such_case"
    http_status = 404
    zh = "没有办件 {case}，请核对办件编号。"


class MatterCannotBegin(PlatformError):
    """Matter {matter} can't be begun here: {why}."""

    code = "matters.cannot_begin"
    http_status = 409
    zh = "事项 {matter} 不能在这里办理：{why_zh}。"


class NotInState(PlatformError):
    """Case {case} is “{state}”; this can't be done now."""

    code = "matters.case_not_in_state"
    http_status = 409
    zh = "办件 {case} 当前为“{state_zh}”，不能这样办理。"


class CaseChanged(PlatformError):
    """Somebody else has taken a step in case {case} meanwhile; look again."""

    code = "matters.case_changed"
    http_status = 409
    zh = "办件 {case} 已有新的变化，请刷新后再办。"


class AskedAlready(PlatformError):
    """Corrections of case {case} were asked for on {on}; they may be asked for once, all together."""

    code = "matters.asked_already"
    http_status = 409
    zh = "办件 {case} 已于 {on} 一次性告知补正，不能再次要求补正。"


class FeeNotPaid(PlatformError):
    """The fee of case {case} has not been paid; the result is delivered once it has."""

    code = "matters.fee_not_paid"
    http_status = 409
    zh = "办件 {case} 的费用还没有缴纳，缴费后才能送达。"


class FeeUnknown(PlatformError):
    """The fee of “{matter}” can't be worked out: {why}."""

    code = "matters.fee_unknown"
    http_status = 409
    zh = "“{matter_zh}”的费用算不出来：{why_zh}。"


class PointsMissing(PlatformError):
    """Name everything that must be corrected, and how: between 1 and {most} points."""

    code = "matters.points_missing"
    http_status = 400
    zh = "请一次写明全部需要补正的内容和方法（1 至 {most} 项）。"


class ReasonMissing(PlatformError):
    """Say why: a decision against the applicant needs its reason."""

    code = "matters.reason_missing"
    http_status = 400
    zh = "请写明理由：不予受理、不予批准应当说明理由。"


class MaterialsMissing(PlatformError):
    """These materials are missing: {missing}."""

    code = "matters.materials_missing"
    http_status = 409
    zh = "缺少材料：{missing_zh}。请先一次性告知补正。"


class ReviewUnderWay(PlatformError):
    """Case {case} is decided in {review}, not here."""

    code = "matters.review_under_way"
    http_status = 409
    zh = "办件 {case} 正在 {review} 中办理，由该流程作出决定。"


class NoProofOfApplicant(PlatformError):
    """The matter is for {schemes}; prove who you are first."""

    code = "matters.no_proof"
    http_status = 403
    zh = "该事项须由{schemes_zh}申请，请先完成实名认证。"


class NotYourCase(PlatformError):
    """You may not act for {applicant} in this matter."""

    code = "matters.not_your_case"
    http_status = 403
    zh = "您没有代 {applicant} 办理此事项的授权。"


class KeyTaken(PlatformError):
    """The key {key} was used for another submission."""

    code = "matters.key_taken"
    http_status = 409
    zh = "提交编号 {key} 已用于另一件办件。"


class CommitmentNotAllowed(PlatformError):
    """Notify-and-commit is not to be had here: {why}."""

    code = "matters.commitment_not_allowed"
    http_status = 409
    zh = "此件不适用告知承诺：{why_zh}。"


class NotSigned(PlatformError):
    """Read the commitment and confirm it."""

    code = "matters.commitment_not_signed"
    http_status = 400
    zh = "请阅读承诺书并确认签署。"


class ObjectionOpen(PlatformError):
    """An objection to case {case} is being handled: {dossier}."""

    code = "matters.objection_open"
    http_status = 409
    zh = "办件 {case} 的异议正在办理：{dossier}。"


class ChannelClosed(PlatformError):
    """Matter {matter} is not handled by the channel “{channel}”."""

    code = "matters.channel_closed"
    http_status = 409
    zh = "事项 {matter} 不通过“{channel_zh}”办理。"


class AnswersWrong(PlatformError):
    """The answers are not fit to be stored: {why}."""

    code = "matters.answers_wrong"
    http_status = 400
    zh = "填报内容无法保存：{why_zh}。"


class NotRatedHere(PlatformError):
    """Ratings are not open on this node."""

    code = "matters.ratings_absent"
    http_status = 409
    zh = "本节点尚未开通好差评。"


class MessageUnreadable(PlatformError):
    """What the other node sends is not in its form: {why}."""

    code = "matters.message_unreadable"
    http_status = 400
    zh = "对方节点交来的内容格式不对：{why}。"


class FilesTooLarge(PlatformError):
    """These materials do not cross to the other node: {files} files of {megabytes} MB; at most {most} files of {most_megabytes} MB together go with one hand-over."""

    code = "matters.files_too_large"
    http_status = 413
    zh = "材料不能随件送往对方节点：共 {files} 个文件、{megabytes} MB；一次最多随送 {most} 个文件、合计 {most_megabytes} MB。"


class FileBroken(PlatformError):
    """File {name} did not come as the other node said: {why}."""

    code = "matters.file_broken"
    http_status = 409
    zh = "随件材料 {name} 与对方节点所述不符：{why_zh}。"


class NoSuchFile(PlatformError):
    """Case {case} has no such file."""

    code = "matters.no_such_file"
    http_status = 404
    zh = "办件 {case} 没有这份材料。"


class FileErased(PlatformError):
    """File {name} was erased when the term of case {case} was over."""

    code = "matters.file_erased"
    http_status = 410
    zh = "办件 {case} 保存期满，材料 {name} 已销毁。"


class NothingToRefill(PlatformError):
    """Case {case} was not begun by a form that could be filled in again; correct it with a note or at the window."""

    code = "matters.nothing_to_refill"
    http_status = 409
    zh = "办件 {case} 没有可以修改的申请表，请直接填写补正说明，或到窗口补正。"
