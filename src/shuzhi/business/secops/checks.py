"""What the platform can see of itself (自动核查): each check looks at what is, and says what it saw.

A check may be wrong only by saying too little: where it can't look, the control names none and waits for somebody's word.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings as django_settings
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from shuzhi.business.secops import models, third_parties
from shuzhi.business.secops.types import Evidence, Exposure
from shuzhi.data.catalog import queries as catalog
from shuzhi.foundation.settings import settings
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import queries as log
from shuzhi.pillars.security.crypto.keyring import State
from shuzhi.pillars.security.crypto.node import keyring
from shuzhi.pillars.security.log import proofs
from shuzhi.pillars.security.log.notes import read_head
from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import pausing
from shuzhi.support.identity import queries as identity

STAFF = frozenset(Role) - {Role.RESIDENT, Role.SYSTEM}
YEAR = timedelta(days=365)
APPEND_ONLY = "append_only_rows"
NATIONAL = "national"
ASKED = {"optional": "由本人选用", "administrators": "管理员必须启用", "staff": "工作人员必须启用"}
ENTRIES = {"identity.": "账号与登录", "security.refused": "越权被拒", "exchange.": "接口调用"}


def second_factor(at: datetime) -> Evidence:
    """Two of what somebody knows and has, for all staff; demonstration accounts are none that could be protected."""
    del at
    without, demo = identity.without_second_factor(roles=STAFF), identity.demonstration_accounts()
    asked = settings().second_factor == "staff"
    return _say(
        asked and not without and not demo,
        f"二次验证：{ASKED[settings().second_factor]}；未设二次验证的部门账号 {without} 个，演示账号 {demo} 个",
        f"second factor asked of: {settings().second_factor}; staff accounts without one: {without}, demonstration accounts: {demo}",
    )


def lock_out(at: datetime) -> Evidence:
    """Attempts to sign in are counted and paused, and sessions end by themselves."""
    del at
    free, idle = pausing.FREE["pair"], settings().session_idle_minutes
    return _say(
        0 < free <= 10 and idle <= 60,  # noqa: PLR2004 - said in the sentence
        f"连续失败 {free} 次后暂停登录；空闲 {idle} 分钟、登录满 {settings().session_hours} 小时退出",
        f"signing in pauses after {free} failures; sessions end after {idle} idle minutes and {settings().session_hours} hours",
    )


def encrypted_transport(at: datetime) -> Evidence:
    """Pages and the gateway are reached by TLS; nothing but loopback counts as no way at all."""
    del at
    web, gateway = settings().web_tls == "proxy", settings().gateway_tls_certificate is not None
    return _say(
        web and gateway,
        f"网页 TLS：{'有' if web else '无'}；网关 TLS：{'有' if gateway else '无'}",
        f"TLS of the web: {'yes' if web else 'no'}; of the gateway: {'yes' if gateway else 'no'}",
    )


def routes_have_policies(at: datetime) -> Evidence:
    """Every address says who may use it."""
    del at
    views = list(_views(get_resolver().url_patterns))
    silent = [view for view in views if not _says_policy(view)]
    return _say(
        not silent,
        f"{len(views)} 个地址，未声明权限的 {len(silent)} 个",
        f"{len(views)} addresses, {len(silent)} without a policy",
    )


def least_privilege(at: datetime) -> Evidence:
    """This process's database role owns no table, and can't write where it only reads."""
    del at
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user")  # fmt: skip
        user, is_mighty = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
        )
        owned = cursor.fetchone()[0]
    return _say(
        not is_mighty and not owned,
        f"本进程的数据库角色 {user}：拥有表 {owned} 张，{'有' if is_mighty else '无'}管理权限",
        f"this process's database role {user}: owns {owned} tables, {'with' if is_mighty else 'without'} administration",
    )


def audit_kept(at: datetime) -> Evidence:
    """The log is sealed, has a signed head of the last day, and nobody can take entries out."""
    head = proofs.head()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT tgrelid) FROM pg_trigger WHERE tgname = %s AND tgenabled <> 'D'",
            [APPEND_ONLY],
        )
        guarded = cursor.fetchone()[0]
    size = head.size if head else 0
    fresh = head is not None and read_head(head.note).at > at - timedelta(days=1)
    return _say(
        fresh and guarded > 0,
        f"审计日志 {size} 条，最近树头{'在一日内' if fresh else '不在一日内'}，只增不改的表 {guarded} 张",
        f"{size} entries in the log, newest head {'of' if fresh else 'not of'} the last day, {guarded} append-only tables",
    )


def audit_covers(at: datetime) -> Evidence:
    """Signing in and refusals are in the log."""
    del at
    seen = {name: log.count_acts(log.Question(action=name)) for name in ENTRIES}
    zh = "，".join(f"{ENTRIES[name]} {count} 条" for name, count in seen.items())
    en = ", ".join(f"{name} {count}" for name, count in seen.items())
    return _say(seen["identity."] > 0, f"审计记录：{zh}", f"entries: {en}")


def keys_kept(at: datetime) -> Evidence:
    """Keys are wrapped by a master key, and active ones are not older than two years."""
    active = [key for key in keyring().list_keys() if key.state is State.ACTIVE]
    old = [key for key in active if key.made_at < at - 2 * YEAR]
    return _say(
        bool(active) and not old,
        f"在用密钥 {len(active)} 把，超过两年未更换的 {len(old)} 把",
        f"{len(active)} active keys, {len(old)} older than two years",
    )


def national_cryptography(at: datetime) -> Evidence:
    """What is made from now on uses SM2, SM3, SM4."""
    del at
    chosen = settings().cryptography
    return _say(chosen == NATIONAL, f"密码算法：{chosen}", f"algorithms: {chosen}")


def graded_fields(at: datetime) -> Evidence:
    """Every data set of this node has an owner; fields above L1 that are open are masked."""
    del at
    entries = [entry for entry in catalog.entries() if entry.node is None]
    bare = [
        f"{entry.id}.{field.id}"
        for entry in entries
        for field in entry.schema_.fields
        if field.open and field.grade.value > "L1" and field.mask.value == "none"
    ]
    return _say(
        bool(entries) and not bare,
        f"本级数据目录 {len(entries)} 个，L1 以上未脱敏却开放的字段 {len(bare)} 个",
        f"{len(entries)} data sets, {len(bare)} open fields above L1 without a mask",
    )


def assets_listed(at: datetime) -> Evidence:
    """The asset list was taken within the month, and nothing on it lacks owner, grade or review."""
    newest = models.Asset.objects.filter(gone_at=None).order_by("-seen_at").first()
    fresh = newest is not None and newest.seen_at > at - timedelta(days=31)
    gaps = models.Gap.objects.filter(closed_at=None).count()
    exposed = models.Asset.objects.filter(gone_at=None).exclude(exposure=Exposure.INSIDE).count()
    return _say(
        fresh and not gaps,
        f"最近一次资产盘点{'在一个月内' if fresh else '不在一个月内'}，对外资产 {exposed} 项，未补全的问题 {gaps} 件",
        f"stock {'taken' if fresh else 'not taken'} within a month, {exposed} exposed assets, {gaps} open gaps",
    )


def third_parties_limited(at: datetime) -> Evidence:
    """Every third party's access has an end, was looked at within the quarter, and none outlived its end."""
    live = len(third_parties.accesses(open_only=True))
    late, over = third_parties.unreviewed(at=at), third_parties.overdue(at=at)
    return _say(
        not late and not over,
        f"有效的第三方访问 {live} 项，超过一季度未复核 {late} 项，到期未终止 {over} 项",
        f"{live} third-party accesses, {late} not reviewed for a quarter, {over} over and not ended",
    )


def incidents_closed(at: datetime) -> Evidence:
    """Unusual access is looked for, and what was found is not left lying."""
    rules = models.Rule.objects.count()
    old = models.Incident.objects.filter(
        is_open=True, found_at__lt=at - timedelta(days=7), drill=None
    ).count()
    return _say(
        rules > 0 and not old,
        f"异常访问规则 {rules} 条，超过七天未办结的安全事件 {old} 件",
        f"{rules} rules of unusual access, {old} incidents open for more than a week",
    )


def drilled(at: datetime) -> Evidence:
    """A drill was held and learnt from within the year."""
    held = models.Drill.objects.filter(state="closed", closed_at__gt=at - YEAR).count()
    return _say(held > 0, f"近一年完成演练 {held} 次", f"{held} drills closed within the year")


def content_policy(at: datetime) -> Evidence:
    """Pages load nothing foreign or inline; foreign requests and floods are turned away."""
    del at
    wanted = (
        "content_policy",
        "foreign_requests",
        "pacing.pace_addresses",
        "pacing.pace_accounts",
        "CsrfViewMiddleware",
    )
    there = [name for name in wanted if any(name in one for one in django_settings.MIDDLEWARE)]
    return _say(
        len(there) == len(wanted) and not django_settings.DEBUG,
        f"防护中间件 {len(there)}/{len(wanted)}，调试模式{'开' if django_settings.DEBUG else '关'}",
        f"{len(there)} of {len(wanted)} guards in place, debugging {'on' if django_settings.DEBUG else 'off'}",
    )


CHECKS: dict[str, Callable[[datetime], Evidence]] = {
    "second-factor": second_factor,
    "lock-out": lock_out,
    "encrypted-transport": encrypted_transport,
    "routes-have-policies": routes_have_policies,
    "least-privilege": least_privilege,
    "audit-kept": audit_kept,
    "audit-covers": audit_covers,
    "keys-kept": keys_kept,
    "national-cryptography": national_cryptography,
    "graded-fields": graded_fields,
    "assets-listed": assets_listed,
    "third-parties-limited": third_parties_limited,
    "incidents-closed": incidents_closed,
    "drilled": drilled,
    "content-policy": content_policy,
}


def _say(is_met: bool, zh: str, en: str) -> Evidence:  # noqa: FBT001 - what was seen, then in words
    return Evidence(is_met, Words(zh=zh, en=en))


def _views(patterns: list[URLPattern | URLResolver]) -> list[object]:
    found: list[object] = []
    for each in patterns:
        if isinstance(each, URLResolver):
            found += _views(each.url_patterns)
        # Ninja's views only dispatch, each operation has its own policy; its root page answers nothing but 404.
        elif each.name != "api-root" and not getattr(each.callback, "__module__", "").startswith("ninja."):
            found.append(each.callback)
    return found


def _says_policy(view: object) -> bool:
    while view is not None:
        if isinstance(getattr(view, "policy", None), str):
            return True
        view = getattr(view, "__wrapped__", None)
    return False
