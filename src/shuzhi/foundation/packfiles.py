"""Where the packs (应用包) that come with the product lie on this machine."""

from __future__ import annotations

from pathlib import Path

from shuzhi.foundation.errors import PlatformError

_PACKAGE = Path(__file__).resolve().parent.parent


class PacksMissing(PlatformError):
    """The folder of packs is neither at {installed} nor at {checkout}: this installation is incomplete."""

    code = "packs.missing"
    http_status = 500
    zh = "应用包目录既不在 {installed}，也不在 {checkout}：安装不完整。"


def packs_root() -> Path:
    """The folder that holds `<field>/<name>/` packs: inside an installed wheel, or beside a checkout's `src`.

    Raises:
        PacksMissing: neither place exists.
    """
    installed, checkout = _PACKAGE / "_packs", _PACKAGE.parent.parent / "packs"
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise PacksMissing(installed=installed, checkout=checkout)
