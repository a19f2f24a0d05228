"""What only tests and front-end packages need (测试所需): never a problem, at most a warning."""

from __future__ import annotations

import shutil
import subprocess

from shuzhi.foundation.settings import Settings
from shuzhi.node.doctor.findings import Finding, Look, fine, warning

NODE_MAJOR = 20


def chromium(_settings: Settings) -> Finding:
    """A browser for the page tests."""
    if found := shutil.which("chromium") or shutil.which("chromium-browser"):
        return fine("chromium", found, found)
    mend = ("apt-get install chromium", "apt-get install chromium")
    return warning(
        "chromium", "没有 Chromium，浏览器测试将跳过", "no Chromium: browser tests are skipped", *mend
    )


def font(_settings: Settings) -> Finding:
    """A font with Chinese characters for screenshots."""
    if _say(["fc-list", ":lang=zh-cn", "family"]):
        return fine("font", "有中文字体", "a Chinese font is there")
    mend = ("apt-get install fonts-noto-cjk", "apt-get install fonts-noto-cjk")
    return warning(
        "font", "没有中文字体，截图中的汉字会是方框", "no Chinese font: screenshots show boxes", *mend
    )


def node(_settings: Settings) -> Finding:
    """Node.js, with which the front-end packages are installed."""
    version = _say(["node", "--version"]).lstrip("v")
    if version and int(version.split(".")[0]) >= NODE_MAJOR:
        return fine("node", f"Node.js {version}", f"Node.js {version}")
    words = (
        "系统没有 Node.js 20 以上，make install 会从 wheel 安装",
        "no Node.js 20 here; make install takes it from a wheel",
    )
    return warning("node", *words)


def _say(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout.strip()
    except OSError:
        return ""


EXAMINATIONS: tuple[tuple[str, Look], ...] = (("chromium", chromium), ("font", font), ("node", node))
