"""What can go wrong before the database answers; each message says how to mend it."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class DatabaseError(PlatformError):
    """The database is not available."""

    code = "database.unavailable"
    http_status = 503
    zh = "数据库不可用。"


class NoBinaries(DatabaseError):
    """No PostgreSQL programs found; run `make install`, install Debian's `postgresql`, or set SHUZHI_DATABASE_URL."""

    code = "database.no_binaries"
    zh = "找不到 PostgreSQL 程序：请运行 make install，或安装系统软件包 postgresql，或设置 SHUZHI_DATABASE_URL。"


class NoUnprivilegedUser(DatabaseError):
    """PostgreSQL refuses to run as root and this machine has no other user; run `useradd --system shuzhi`."""

    code = "database.no_user"
    zh = "PostgreSQL 不以 root 身份运行，而本机没有其他用户：请运行 useradd --system shuzhi。"


class NotTraversable(DatabaseError):
    """User {user}, as whom PostgreSQL runs, can't enter {folder}; run `chmod o+x {folder}` or set SHUZHI_HOME to a folder that others may enter, such as /var/lib/shuzhi."""

    code = "database.not_traversable"
    zh = "运行 PostgreSQL 的用户 {user} 无法进入 {folder}：请运行 chmod o+x {folder}，或将 SHUZHI_HOME 设为其他用户可进入的目录（如 /var/lib/shuzhi）。"


class ProgramsNotReadable(DatabaseError):
    """User {user}, as whom PostgreSQL runs, can't enter {folder}, where its programs are; run `chmod o+x {folder}`, or put the checkout elsewhere, such as /opt/shuzhi."""

    code = "database.programs_not_readable"
    zh = "运行 PostgreSQL 的用户 {user} 无法进入程序所在的 {folder}：请运行 chmod o+x {folder}，或将本项目放到 /opt/shuzhi 之类的目录。"


class InitFailed(DatabaseError):
    """Creating the database cluster in {folder} failed: {reason}."""

    code = "database.init_failed"
    zh = "在 {folder} 创建数据库失败：{reason}。"


class StartFailed(DatabaseError):
    """PostgreSQL did not start: {reason}. Its log is {log}."""

    code = "database.start_failed"
    zh = "PostgreSQL 未能启动：{reason}。日志见 {log}。"


class WrongServer(DatabaseError):
    """Another server answers on port {port}: its data folder is {found}, not {expected}."""

    code = "database.wrong_server"
    zh = "端口 {port} 上应答的是另一台服务器：其数据目录为 {found}，而非 {expected}。"


class NotOurs(DatabaseError):
    """The database at SHUZHI_DATABASE_URL is run by others; it is neither started nor stopped here."""

    code = "database.not_ours"
    zh = "SHUZHI_DATABASE_URL 指向的数据库由他方运行，不由本节点启停。"


class NotRunning(DatabaseError):
    """The database under {home} is not running; start it with `shuzhi up`."""

    code = "database.not_running"
    zh = "{home} 下的数据库未运行：请运行 shuzhi up。"


class Unreachable(DatabaseError):
    """The database at SHUZHI_DATABASE_URL does not answer: {reason}."""

    code = "database.unreachable"
    zh = "SHUZHI_DATABASE_URL 指向的数据库没有应答：{reason}。"


class ExtensionMissing(DatabaseError):
    """The database lacks extension {name} ({reason}); ask its administrator for `CREATE EXTENSION {name}`."""

    code = "database.extension_missing"
    zh = "数据库缺少扩展 {name}（{reason}）：请数据库管理员执行 CREATE EXTENSION {name}。"
