"""What the audit log's acts and the gateway's rules are called; one that this page does not know shows its id."""

from __future__ import annotations

from shuzhi.terminals.design.types import Cell, Said

ACTS = {
    "catalog.harvested": Said("收割外部目录", "Harvested a catalog"),
    "catalog.proposed": Said("提出编目", "Proposed a catalog entry"),
    "catalog.published": Said("发布目录", "Published a catalog entry"),
    "catalog.withdrawn": Said("撤下目录", "Withdrew a catalog entry"),
    "decisions.replay_asked": Said("要求推演规则", "Asked to replay rules"),
    "decisions.replayed": Said("推演规则", "Replayed rules"),
    "decisions.rules_installed": Said("安装规则", "Installed rules"),
    "exchange.bound": Said("绑定证书", "Bound to certificates"),
    "exchange.called": Said("接口调用", "Called an interface"),
    "exchange.refused": Said("调用被拒", "Refused a call"),
    "exchange.credential_issued": Said("发放密钥", "Issued a key"),
    "exchange.deprecated": Said("预告停用接口版本", "Announced the end of a version"),
    "exchange.version_changed": Said("改用接口版本", "Went over to another version"),
    "exchange.pushed": Said("推送变更", "Pushed events"),
    "exchange.push_taken": Said("对方已接收", "The receiver took them"),
    "exchange.push_failed": Said("推送未成", "A push failed"),
    "exchange.push_dead": Said("变更未能送达", "An event was given up"),
    "exchange.push_stopped": Said("停止推送", "Stopped pushing"),
    "exchange.push_redelivered": Said("重新推送", "Pushed again"),
    "exchange.push_set_aside": Said("放弃推送", "Set an event aside"),
    "exchange.intersection_asked": Said("向对方提问求交", "Asked for common keys"),
    "exchange.intersection_learned": Said("得知求交结果", "Learned common keys"),
    "exchange.peer_declared": Said("登记对端节点", "Declared another node"),
    "exchange.peer_distrusted": Said("停止与节点互联", "Suspended a node"),
    "exchange.peer_trusted": Said("恢复与节点互联", "Accepted a node again"),
    "exchange.route_set": Said("登记节点通路", "Noted a route"),
    "exchange.sandbox_made": Said("生成沙箱数据", "Made up rows of a sandbox"),
    "exchange.expired": Said("订阅到期", "Subscription expired"),
    "exchange.granted": Said("授权订阅", "Granted a subscription"),
    "exchange.file_collected": Said("领取文件", "Collected a file"),
    "exchange.sent": Said("转往其他节点", "Sent to another node"),
    "exchange.limited": Said("限定行范围", "Limited the rows"),
    "exchange.proposed": Said("提出接口", "Proposed an interface"),
    "exchange.published": Said("发布接口", "Published an interface"),
    "exchange.refreshed": Said("更新接口", "Refreshed an interface"),
    "exchange.requested": Said("申请共享", "Asked for an interface"),
    "exchange.revoked": Said("撤销订阅", "Revoked a subscription"),
    "exchange.withdrawn": Said("撤回申请", "Withdrew a request"),
    "identity.account_closed": Said("注销账号", "Closed an account"),
    "identity.account_opened": Said("开立账号", "Opened an account"),
    "identity.paused": Said("暂停登录", "Paused signing in"),
    "identity.pause_lifted": Said("解除登录限制", "Lifted a pause of signing in"),
    "identity.sessions_ended": Said("退出所有设备", "Signed out everywhere"),
    "identity.signed_in": Said("登录", "Signed in"),
    "identity.signed_out": Said("退出", "Signed out"),
    "indicators.computed": Said("计算指标", "Computed an indicator"),
    "opendata.open_asked": Said("要求开放数据集", "Asked to open a data set"),
    "opendata.open_refused": Said("未能开放", "Refused to open a data set"),
    "opendata.opened": Said("开放数据集", "Opened a data set"),
    "opendata.withdrawn": Said("撤回开放", "Withdrew a release"),
    "outbox.retried": Said("重投消息", "Retried a message"),
    "packs.installed": Said("安装应用包", "Installed a pack"),
    "quality.checked": Said("检查质量", "Checked a batch"),
    "registers.build_asked": Said("要求生成基础库", "Asked for a build"),
    "registers.built": Said("生成基础库", "Built a register"),
    "secops.contained": Said("停用主体", "Suspended a caller"),
    "secops.exempted": Said("登记例外", "Declared an exception"),
    "secops.raised": Said("发现异常访问", "Found unusual access"),
    "security.refused": Said("越权被拒", "Refused for want of right"),
    "sources.batch_collected": Said("归集批次", "Collected a batch"),
    "sources.batch_failed": Said("批次未能归集", "A batch failed"),
    "sources.batch_received": Said("接收批次", "Received a batch"),
    "sources.registered": Said("登记数据源", "Registered a source"),
    "workflow.acted": Said("办理案卷", "Acted on a dossier"),
    "workflow.dated": Said("核定期限", "Set a deadline"),
    "workflow.loop_installed": Said("装载流程", "Installed a loop"),
    "workflow.opened": Said("立案", "Opened a dossier"),
}
RULES = {
    "format": Said("请求格式", "Form of the call"),
    "key": Said("密钥", "Key"),
    "timestamp": Said("时间戳", "Time stamp"),
    "signature": Said("签名", "Signature"),
    "certificate": Said("客户端证书", "Client certificate"),
    "route": Said("节点通路", "Route"),
    "nonce": Said("重放", "Replay"),
    "subscription": Said("订阅", "Subscription"),
    "version": Said("版本", "Version"),
    "period": Said("有效期", "Period"),
    "purpose": Said("用途", "Purpose"),
    "rate": Said("调用速率", "Rate"),
    "quota": Said("每日次数", "Quota"),
    "parameters": Said("查询条件", "Parameters"),
    "query": Said("没有这条记录", "No such record"),
    "service": Said("服务", "Service"),
}


def act(action: str) -> Cell | str:
    """An act's name with its id, by which the log is filtered, below it."""
    known = ACTS.get(action)
    return Cell(known, under=action) if known else action


def rule(rule_id: object) -> Said | None:
    """What a rule of the gateway looks at."""
    if not rule_id:
        return None
    return RULES.get(str(rule_id), Said(str(rule_id), str(rule_id)))
