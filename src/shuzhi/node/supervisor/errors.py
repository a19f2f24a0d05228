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
    """The node did not get ready within {seconds} s; see `shuzhi status` and `shuzhi logs`."""

    code = "supervisor.not_ready"
    http_status = 503
    zh = "节点在 {seconds} 秒内未就绪：见 shuzhi status 与 shuzhi logs。"


class DidNotStart(PlatformError):
    """The node ended while it started: {words}"""

    code = "supervisor.did_not_start"
    http_status = 500
    zh = "节点启动失败：{words}"


class UnknownProgram(PlatformError):
    """No program is called {name}; there are {known}."""

    code = "supervisor.unknown_program"
    zh = "没有名为 {name} 的程序；可选：{known}。"
