"""Why a node does not start."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class AlreadyUp(PlatformError):
    """A node already runs under {home} (process {pid}); see `shuzhi status`, end it with `shuzhi stop`."""

    code = "supervisor.already_up"
    http_status = 409
    zh = "{home} 下的节点已在运行（进程 {pid}）：用 shuzhi status 查看，用 shuzhi stop 结束。"


class PortTaken(PlatformError):
    """Port {port} for {name} is taken by {holder}; end it, or set {setting} to another port."""

    code = "supervisor.port_taken"
    http_status = 409
    zh = "{name} 的端口 {port} 被 {holder} 占用：请结束它，或将 {setting} 设为其他端口。"


class DatabaseInUse(PlatformError):
    """The database under {home} is run by process {pid} ({command}); wait for it, or run `shuzhi stop`."""

    code = "supervisor.database_in_use"
    http_status = 409
    zh = "{home} 下的数据库由进程 {pid}（{command}）运行：请等它结束，或运行 shuzhi stop。"


class DemoRuns(PlatformError):
    """A demonstration already runs under {home} (process {pid}); wait for it, or run `shuzhi stop`."""

    code = "supervisor.demo_runs"
    http_status = 409
    zh = "{home} 下已有演示在运行（进程 {pid}）：请等它结束，或运行 shuzhi stop。"


class MigrationFailed(PlatformError):
    """Bringing the database's tables up to date failed (exit code {code}); see {log}."""

    code = "supervisor.migration_failed"
    http_status = 500
    zh = "数据库表结构升级失败（退出码 {code}）：见 {log}。"


class NotReady(PlatformError):
    """The node was not ready after {seconds} s (not yet: {names}) and was stopped; see `shuzhi logs NAME`, or wait longer with SHUZHI_START_SECONDS."""

    code = "supervisor.not_ready"
    http_status = 503
    zh = "节点在 {seconds} 秒后仍未就绪（尚未就绪：{names}），已停止：见 shuzhi logs 名称，或用 SHUZHI_START_SECONDS 延长等待。"


class KeepsDying(PlatformError):
    """{name} keeps dying while the node starts ({reason}), so the node was stopped; see {log}."""

    code = "supervisor.keeps_dying"
    http_status = 500
    zh = "节点启动时 {name} 反复退出（{reason}），节点已停止：见 {log}。"


class HomeNotWritable(PlatformError):
    """The home folder {home} can't be written ({reason}); change its rights, or set SHUZHI_HOME to another folder."""

    code = "supervisor.home_not_writable"
    http_status = 500
    zh = "无法写入数据目录 {home}（{reason}）：请修改其权限，或将 SHUZHI_HOME 设为其他目录。"


class HomeOfAnother(PlatformError):
    """{place} belongs to user {owner}; run as {owner}, or set SHUZHI_HOME to a folder of your own."""

    code = "supervisor.home_of_another"
    http_status = 403
    zh = "{place} 属于用户 {owner}：请以 {owner} 身份运行，或将 SHUZHI_HOME 设为自己的目录。"


class DiskFull(PlatformError):
    """The disk of the home folder {home} is full; free some space, or set SHUZHI_HOME to a folder on another disk."""

    code = "supervisor.disk_full"
    http_status = 507
    zh = "数据目录 {home} 所在磁盘已满：请腾出空间，或将 SHUZHI_HOME 设为其他磁盘上的目录。"


class DidNotStart(PlatformError):
    """The node ended while it started: {words}"""

    code = "supervisor.did_not_start"
    http_status = 500
    zh = "节点启动失败：{words}"


class UnknownProgram(PlatformError):
    """No program is called {name}; there are {known}."""

    code = "supervisor.unknown_program"
    zh = "没有名为 {name} 的程序；可选：{known}。"
