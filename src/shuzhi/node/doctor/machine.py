"""The machine (机器): Python, room, ports, time."""

from __future__ import annotations

import os
import shutil
import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psutil

import shuzhi
from shuzhi.foundation.processes import read_record
from shuzhi.foundation.settings import Settings
from shuzhi.foundation.telemetry import readiness
from shuzhi.node.doctor.findings import Finding, Look, fine, problem, warning
from shuzhi.node.supervisor import ports

OLDEST = (3, 11)
GIGABYTE = 1e9
LEAST_DISK, GOOD_DISK = 1.0, 10.0
LEAST_MEMORY, GOOD_MEMORY = 1.5, 4.0
GOOD_CORES = 2
ZONE = "Asia/Shanghai"


def python(_settings: Settings) -> Finding:
    """Python 3.11 or newer."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST:  # installers can be forced past their own check
        mend = ("请安装 3.11 以上", "install 3.11 or newer")
        return problem("python", f"Python {version} 过旧", f"Python {version} is too old", *mend)
    return fine("python", f"Python {version}", f"Python {version}")


def disk(settings: Settings) -> Finding:
    """Room on the home folder's disk."""
    free = shutil.disk_usage(_existing(settings.home)).free / GIGABYTE
    zh, en = f"可用磁盘 {free:.1f} GB", f"{free:.1f} GB of disk free"
    if free >= GOOD_DISK:
        return fine("disk", zh, en)
    mend = ("清理磁盘，或将 SHUZHI_HOME 移到更大的盘", "free some, or put SHUZHI_HOME on a larger disk")
    return (problem if free < LEAST_DISK else warning)("disk", zh, en, *mend)


def memory(_settings: Settings) -> Finding:
    """Memory that programs could have now."""
    free = psutil.virtual_memory().available / GIGABYTE
    zh, en = f"可用内存 {free:.1f} GB", f"{free:.1f} GB of memory available"
    if free >= GOOD_MEMORY:
        return fine("memory", zh, en)
    level = problem if free < LEAST_MEMORY else warning
    return level("memory", zh, en, "建议至少 4 GB", "4 GB or more is advised")


def cores(_settings: Settings) -> Finding:
    """Processor cores that we may use."""
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    level = fine if number >= GOOD_CORES else warning
    return level("cores", f"处理器 {number} 核", f"{number} processor cores")


def home(settings: Settings) -> Finding:
    """The home folder can be written."""
    try:
        readiness.writable(settings.home)
    except OSError as error:
        words = (
            f"无法写入 {settings.home}：{error.strerror}",
            f"{settings.home} can't be written: {error.strerror}",
        )
        return problem(
            "home", *words, "修改其权限，或设置 SHUZHI_HOME", "change its rights, or set SHUZHI_HOME"
        )
    return fine("home", f"数据目录 {settings.home}", f"home folder {settings.home}")


def free_ports(settings: Settings) -> Finding:
    """The ports are free, or ours."""
    for name, host, port in (
        ("web", settings.web_host, settings.web_port),
        ("gateway", settings.gateway_host, settings.gateway_port),
    ):
        record = read_record(settings.home, name)
        if not (record and record.is_alive()) and not ports.is_free(host, port):
            holder, setting = ports.holder(port), f"SHUZHI_{name.upper()}_PORT"
            words = (f"端口 {port} 被 {holder} 占用", f"port {port} is taken by {holder}")
            return problem("ports", *words, f"结束它，或设置 {setting}", f"end it, or set {setting}")
    both = f"{settings.web_port}, {settings.gateway_port}"
    return fine("ports", f"端口 {both} 可用", f"ports {both} are free or ours")


def clock(_settings: Settings) -> Finding:
    """The clock isn't before this release's own files: no record could be older than its program."""
    built = Path(shuzhi.__file__).stat().st_mtime
    now = time.time()
    text = datetime.fromtimestamp(now, ZoneInfo("UTC")).isoformat(timespec="seconds")
    if now + 86_400 < built:
        mend = ("校准系统时间（timedatectl set-ntp true）", "set the clock: timedatectl set-ntp true")
        return problem("clock", f"系统时间有误：{text}", f"the clock is wrong: {text}", *mend)
    return fine("clock", f"系统时间 {text}", f"the clock says {text}")


def time_zone(_settings: Settings) -> Finding:
    """Chinese legal time is known here."""
    try:
        ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:
        mend = ("请安装 tzdata", "install tzdata")
        return problem("time zone", f"缺少时区 {ZONE}", f"time zone {ZONE} is unknown", *mend)
    return fine("time zone", f"时区 {ZONE}", f"time zone {ZONE}")


def packs(settings: Settings) -> Finding:
    """Folders of packs that the settings name exist."""
    missing = [str(folder) for folder in settings.packs if not folder.is_dir()]
    if missing:
        mend = ("改正 SHUZHI_PACKS", "correct SHUZHI_PACKS")
        return problem(
            "packs", f"应用包目录不存在：{missing[0]}", f"no such folder of packs: {missing[0]}", *mend
        )
    if folder := shipped_packs():
        return fine("packs", f"应用包目录 {folder}", f"packs in {folder}")
    return warning("packs", "没有随附的应用包", "no packs came with this installation")


def shipped_packs() -> Path | None:
    """The packs that came with the code: inside a wheel, or in the checkout."""
    package = Path(shuzhi.__file__).parent
    return next((f for f in (package / "_packs", package.parent.parent / "packs") if f.is_dir()), None)


def tls(settings: Settings) -> Finding:
    """Whoever comes from elsewhere comes by TLS: passwords and sessions could be read on the way."""
    near = set(Settings().allowed_hosts)
    for what, setting, host, is_safe in (
        ("网页 the web", "SHUZHI_WEB_TLS=proxy", settings.web_host, settings.web_tls == "proxy"),
        ("网关 the gateway", "SHUZHI_GATEWAY_TLS_CERTIFICATE", settings.gateway_host, settings.gateway_tls_certificate is not None),
    ):  # fmt: skip
        is_far = host not in near | {"::1"} or (
            what.startswith("网页") and bool(set(settings.allowed_hosts) - near)
        )
        if is_far and not is_safe:
            zh, en = what.split(" ", 1)
            words = (f"{zh}可从其他机器访问，却没有 TLS", f"{en} can be reached from elsewhere without TLS")
            return warning("tls", *words, f"前置 TLS 并设置 {setting}", f"put TLS in front and set {setting}")
    return fine("tls", "没有明文对外的服务", "nothing is reached from elsewhere without TLS")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


EXAMINATIONS: tuple[tuple[str, Look], ...] = (
    ("python", python),
    ("cores", cores),
    ("memory", memory),
    ("disk", disk),
    ("home", home),
    ("ports", free_ports),
    ("tls", tls),
    ("clock", clock),
    ("time zone", time_zone),
    ("packs", packs),
)
