from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class PacksFaulty(PlatformError):
    """The packs have {count} faults; the first: {first}. `shuzhi packs check` lists all of them."""

    code = "packs.faulty"
    http_status = 422
    zh = "应用包有 {count} 处问题，第一处：{first}。运行 shuzhi packs check 可列出全部。"


class UpgradeRefused(PlatformError):
    """{pack} can't be upgraded: {reasons}. `shuzhi packs upgrade {pack} --dry-run` tells everything."""

    code = "packs.upgrade_refused"
    http_status = 409
    zh = "{pack} 不能升级：{reasons_zh}。运行 shuzhi packs upgrade {pack} --dry-run 可查看全部。"


class VersionTooLow(PlatformError):
    """{pack} is installed in version {installed}; version {offered} is older."""

    code = "packs.version_too_low"
    http_status = 409
    zh = "{pack} 已安装的版本是 {installed}，{offered} 更旧。"


class PackNotInstalled(PlatformError):
    """The pack {pack} is not installed."""

    code = "packs.not_installed"
    http_status = 404
    zh = "没有安装应用包 {pack}。"


class PackNeeded(PlatformError):
    """{pack} is needed by {others}."""

    code = "packs.needed"
    http_status = 409
    zh = "{others} 需要 {pack}。"


class PackIsGround(PlatformError):
    """{pack} declares what every pack stands on (offices, laws, standards, loops of the product); it stays in use."""

    code = "packs.is_ground"
    http_status = 409
    zh = "{pack} 是其他应用包共同的基础（部门、法规、标准或平台闭环），不能停用。"


class DossiersOpen(PlatformError):
    """{pack} still has {count} open dossiers; they end before it is archived."""

    code = "packs.dossiers_open"
    http_status = 409
    zh = "{pack} 还有 {count} 个在办案卷，办结后才能归档。"


class PackNameWrong(PlatformError):
    """{name} is no name of a pack: write field/name in small letters, digits and hyphens."""

    code = "packs.name_wrong"
    http_status = 422
    zh = "{name} 不能作应用包名称：请写成“领域/名称”，用小写字母、数字和连字符。"


class PackExists(PlatformError):
    """There is something at {folder} already."""

    code = "packs.exists"
    http_status = 409
    zh = "{folder} 已经存在。"
