"""Every refusal of the room. The gateway's own refusals, which name their rule, are in `gateway.refusals`."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchInterface(PlatformError):
    """There is no interface {interface}."""

    code = "exchange.no_such_interface"
    http_status = 404
    zh = "没有名为 {interface} 的接口。"


class InterfaceNotPublished(PlatformError):
    """Interface {interface} is {status}, not published; it can't be subscribed to."""

    code = "exchange.interface_not_published"
    http_status = 409
    zh = "接口 {interface} 尚未发布（{status}），不能申请。"


class NotShareable(PlatformError):
    """Interface {interface} can't be published: {reason}."""

    code = "exchange.not_shareable"
    http_status = 409
    zh = "接口 {interface} 不能发布：{reason_zh}。"


class NoSuchSubscription(PlatformError):
    """There is no subscription {subscription}."""

    code = "exchange.no_such_subscription"
    http_status = 404
    zh = "没有编号为 {subscription} 的订阅。"


class NoSuchJob(PlatformError):
    """There is no job {job}."""

    code = "exchange.no_such_job"
    http_status = 404
    zh = "没有编号为 {job} 的批量任务。"


class RequestInvalid(PlatformError):
    """The request for interface {interface} can't be made: {reason}."""

    code = "exchange.request_invalid"
    http_status = 422
    zh = "对接口 {interface} 的申请不成立：{reason_zh}。"


class RowsNotLimited(PlatformError):
    """Rows can't be limited like this: {reason}."""

    code = "exchange.rows_not_limited"
    http_status = 422
    zh = "不能这样限定行范围：{reason_zh}。"


class NotGranted(PlatformError):
    """Subscription {subscription} is {status}; a credential is issued only when the owner and the bureau have both approved."""

    code = "exchange.not_granted"
    http_status = 409
    zh = "订阅 {subscription} 的状态为 {status}；数据所属部门与大数据局均批准后方可领取密钥。"


class CredentialAlreadyIssued(PlatformError):
    """The credential of subscription {subscription} has been shown once and can't be shown again; renew it to get a new one."""

    code = "exchange.credential_already_issued"
    http_status = 409
    zh = "订阅 {subscription} 的密钥已领取，不能再次显示；如已遗失，请更换密钥。"


class PublicKeyInvalid(PlatformError):
    """This is no SM2 public key: 64 bytes in hexadecimal are wanted, the point's x and y."""

    code = "exchange.public_key_invalid"
    zh = "不是有效的 SM2 公钥：应为 64 字节的十六进制（坐标 x、y）。"


class CertificateInvalid(PlatformError):
    """A certificate is named by the 64 hexadecimal digits of its SHA-256 fingerprint, and at most {most} are bound."""

    code = "exchange.certificate_invalid"
    http_status = 422
    zh = "证书须写其 SHA-256 指纹（64 位十六进制），最多绑定 {most} 张。"


class NoSuchPeer(PlatformError):
    """There is no node {node} that is trusted here."""

    code = "exchange.no_such_peer"
    http_status = 404
    zh = "没有受信任的节点 {node}。"


class PeerUnfit(PlatformError):
    """This can't be set for the other node: {reason}."""

    code = "exchange.peer_unfit"
    http_status = 422
    zh = "不能为对端节点作此设置：{reason_zh}。"


class BreakingChange(PlatformError):
    """Version {version} of interface {interface} is in use, and the change would break its callers: {reason}. Give it version {next}."""

    code = "exchange.breaking_change"
    http_status = 409
    zh = "接口 {interface} 的第 {version} 版正在使用，此次变更会影响调用方：{reason_zh}。请改为第 {next} 版。"


class AnotherInterface(PlatformError):
    """Interface {interface} can't become something else in a new version: {reason}. Declare another interface."""

    code = "exchange.another_interface"
    http_status = 409
    zh = "接口 {interface} 的新版本不能改变接口本身：{reason_zh}。请另设接口。"


class NoSuchVersion(PlatformError):
    """Interface {interface} has no version {version} that is served."""

    code = "exchange.no_such_version"
    http_status = 404
    zh = "接口 {interface} 没有在用的第 {version} 版。"


class SunsetTooSoon(PlatformError):
    """Version {version} of interface {interface} can't end on {sunset_on}: its callers need {days} days from today at least."""

    code = "exchange.sunset_too_soon"
    http_status = 422
    zh = "接口 {interface} 第 {version} 版不能于 {sunset_on} 停用：至少须留给调用方 {days} 天。"


class VersionRefused(PlatformError):
    """Subscription {subscription} can't go over to version {version}: {reason}."""

    code = "exchange.version_refused"
    http_status = 409
    zh = "订阅 {subscription} 不能改用第 {version} 版：{reason_zh}。"


class EndpointRefused(PlatformError):
    """Events can't be pushed to {endpoint}: {reason}."""

    code = "exchange.endpoint_refused"
    http_status = 422
    zh = "不能向 {endpoint} 推送：{reason_zh}。"


class NoSuchEvent(PlatformError):
    """Subscription {subscription} has no event {seq} that was not delivered."""

    code = "exchange.no_such_event"
    http_status = 404
    zh = "订阅 {subscription} 没有未送达的第 {seq} 条变更。"


class NoStream(PlatformError):
    """Subscription {subscription} is of no events."""

    code = "exchange.no_stream"
    http_status = 404
    zh = "订阅 {subscription} 不是变更订阅。"


class NoSandbox(PlatformError):
    """There is no sandbox for interface {interface}: {reason}."""

    code = "exchange.no_sandbox"
    http_status = 409
    zh = "接口 {interface} 没有沙箱：{reason_zh}。"


class FileNotGiven(PlatformError):
    """The file of job {job} is not given: {reason}."""

    code = "exchange.file_not_given"
    http_status = 410
    zh = "任务 {job} 的文件不能领取：{reason_zh}。"


class NoWay(PlatformError):
    """Nothing can be handed over by {interface}: no node serves it that is trusted and knows this one."""

    code = "exchange.no_way"
    http_status = 409
    zh = "不能经接口 {interface} 交办：没有受信任且已登记密钥编号的对端节点。"


class NodeSilent(PlatformError):
    """{node} does not answer ({why}); it is tried again."""

    code = "exchange.node_silent"
    http_status = 504
    zh = "{node_zh}暂无应答（{why}），将自动重试。"


class NodeUnproven(PlatformError):
    """What came for an answer of {node} is not signed by it, or not for this call."""

    code = "exchange.node_unproven"
    http_status = 502
    zh = "{node_zh}的应答没有该节点的有效签名，或不是对本次调用的应答。"


class HandingRefused(PlatformError):
    """The gateway of {node} refuses by the rule “{rule}”: {reason}"""

    code = "exchange.handing_refused"
    http_status = 502
    zh = "{node_zh}的网关按规则“{rule}”拒绝：{reason_zh}"


class NoPort(PlatformError):
    """Nobody here takes what is handed over by {port}."""

    code = "exchange.no_port"
    http_status = 409
    zh = "本节点没有承接方 {port}。"


class PieceMissing(PlatformError):
    """A piece of a file is not here: {reference}."""

    code = "exchange.piece_missing"
    http_status = 409
    zh = "文件分片 {reference} 没有收到，或已过保存期。"
