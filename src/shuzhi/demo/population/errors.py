"""Refusals of the synthetic population."""

from __future__ import annotations

from typing import ClassVar

from shuzhi.foundation.errors import PlatformError


class PopulationTooLarge(PlatformError):
    """{count} {what} asked for; at most {limit} can be generated."""

    zh: ClassVar[str] = "要求生成 {count} 个{what}，最多只能生成 {limit} 个。"
    code: ClassVar[str] = "population.too_large"


class FolderNotEmpty(PlatformError):
    """{folder} holds files that were not generated here; choose an empty folder."""

    zh: ClassVar[str] = "{folder} 中有并非由此生成的文件；请选择空文件夹。"
    code: ClassVar[str] = "population.folder_not_empty"
    http_status: ClassVar[int] = 409
