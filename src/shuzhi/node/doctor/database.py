"""The database (数据库): programs, ways, reach, rights, migrations."""

from __future__ import annotations

from shuzhi.foundation import database
from shuzhi.foundation.database import accounts, cluster, errors, roles
from shuzhi.foundation.database.binaries import extension_folder
from shuzhi.foundation.processes import Identity
from shuzhi.foundation.settings import Settings
from shuzhi.node.doctor.findings import Finding, Look, fine, problem, refused, warning

LEAST_MAJOR = 15


def programs(settings: Settings) -> Finding:
    """PostgreSQL's programs and the extensions we need."""
    if settings.database_url:
        return fine(
            "postgresql", "使用外部数据库，无需本机程序", "a server of others is used; no programs needed"
        )
    try:
        found = database.find_binaries()
    except errors.NoBinaries as error:
        return refused("postgresql", error)
    words = f"PostgreSQL {found.major} ({found.source}, {found.folder})"
    if found.major < LEAST_MAJOR:
        return problem(
            "postgresql", f"{words} 过旧", f"{words} is too old", "请安装 15 以上", "install 15 or newer"
        )
    folder = extension_folder(found)
    missing = [name for name in roles.EXTENSIONS if not (folder / f"{name}.control").is_file()]
    if missing:
        names = ", ".join(missing)
        mend = ("请安装 postgresql-contrib", "install postgresql-contrib")
        return problem("postgresql", f"{words} 缺少扩展 {names}", f"{words} lacks extensions {names}", *mend)
    return fine("postgresql", words, words)


def ways(settings: Settings) -> Finding:
    """The server's own user can reach its data and its programs."""
    if settings.database_url:
        return fine("postgres user", "不适用", "not needed")
    data, folder = cluster.folders(settings.home).data, database.find_binaries().folder
    try:
        identity = accounts.server_identity(data)
    except errors.NoUnprivilegedUser as error:
        return refused("postgres user", error)
    if identity is None:
        return fine("postgres user", "以当前用户运行数据库", "the database runs as you")
    able = accounts.able_to_reach(identity, [data, folder])
    if not isinstance(able, Identity):
        return refused("postgres user", errors.NotTraversable(user=identity.name, folder=able))
    if able.capability >= 0:
        closed = accounts.first_closed_folder(data, identity) or accounts.first_closed_folder(
            folder, identity
        )
        words = (
            f"用户 {identity.name} 借助 root 的一项权能才能进入 {closed}",
            f"user {identity.name} passes {closed} only with one of root's capabilities",
        )
        mend = (
            "用于生产时请将 SHUZHI_HOME 与程序放在可进入的目录",
            "for production use open folders, such as /opt and /var/lib",
        )
        return warning("postgres user", *words, *mend)
    return fine(
        "postgres user", f"以用户 {identity.name} 运行数据库", f"the database runs as {identity.name}"
    )


def reach(settings: Settings) -> Finding:
    """The database answers, and every role may log in."""
    import psycopg

    if not settings.database_url and database.running(settings.home) is None:
        return warning(
            "database", "数据库未运行", "the database is not running", "运行 shuzhi up", "run `shuzhi up`"
        )
    for role in ("owner", *roles.SERVING):
        try:
            psycopg.connect(database.database_url(role), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            said = str(error).strip().splitlines()[0]
            words = (f"角色 {role} 无法连接：{said}", f"role {role} can't connect: {said}")
            return problem(
                "database",
                *words,
                "检查 SHUZHI_DATABASE_URL 与 secrets 目录",
                "check SHUZHI_DATABASE_URL and the folder `secrets`",
            )
    return fine("database", "数据库应答，各角色可登录", "the database answers; every role logs in")


def rights(settings: Settings) -> Finding:
    """On a server of others: whether the serving roles could be made."""
    if not settings.database_url or roles.external_roles(settings.home):
        return fine("roles", "各进程使用各自的数据库角色", "each process has its own database role")
    mend = (
        "授予 CREATEROLE 后运行 shuzhi migrate",
        "grant CREATEROLE to the given role, then run `shuzhi migrate`",
    )
    return warning("roles", "所有进程共用给定角色", "all processes share the given role", *mend)


def gateway(settings: Settings) -> Finding:
    """The gateway's role may do no more than it must."""
    if not _answers(settings):
        return fine("gateway role", "数据库运行时检查", "checked when the database runs")
    import psycopg

    from shuzhi.data.exchange.grants import excess_rights

    with psycopg.connect(database.database_url("gateway"), connect_timeout=5) as connection:
        excess = excess_rights(connection)
    if excess:
        listed = "、".join(excess)
        mend = (
            "授予 CREATEROLE 后运行 shuzhi migrate，使网关使用自己的角色",
            "grant CREATEROLE and run `shuzhi migrate`, so that the gateway gets a role of its own",
        )
        return warning(
            "gateway role",
            f"网关角色权限过大：{listed}",
            f"the gateway's role may do too much: {listed}",
            *mend,
        )
    return fine("gateway role", "网关角色只有所需权限", "the gateway's role has only the rights it needs")


def migrations(settings: Settings) -> Finding:
    """Tables are as new as the code."""
    if not _answers(settings):
        return fine("migrations", "启动时检查", "checked at start")
    from shuzhi.node.starting import start_django

    start_django()
    from shuzhi.foundation.telemetry.web import pending_migrations

    if pending := pending_migrations():
        words = (f"{len(pending)} 项表结构升级待执行", f"{len(pending)} migrations are pending")
        return warning("migrations", *words, "运行 shuzhi migrate", "run `shuzhi migrate`")
    return fine("migrations", "表结构为最新", "tables are up to date")


def _answers(settings: Settings) -> bool:
    import psycopg

    if not settings.database_url and database.running(settings.home) is None:
        return False
    try:
        psycopg.connect(database.database_url(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


EXAMINATIONS: tuple[tuple[str, Look], ...] = (
    ("postgresql", programs),
    ("postgres user", ways),
    ("database", reach),
    ("roles", rights),
    ("migrations", migrations),
    ("gateway role", gateway),
)
