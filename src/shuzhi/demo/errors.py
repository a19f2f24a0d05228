"""Why a demonstration does not begin."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchFolder(PlatformError):
    """There is no folder {folder}; give `--sources` the folder that holds the files."""

    code = "demo.no_such_folder"
    http_status = 404
    zh = "没有目录 {folder}：请用 --sources 指定存放文件的目录。"


class NoFolder(PlatformError):
    """{folder} is not a folder; give `--sources` the folder that holds the files, not a file."""

    code = "demo.no_folder"
    zh = "{folder} 不是目录：--sources 应为存放文件的目录，而不是单个文件。"


class FolderNotReadable(PlatformError):
    """{folder} can't be read ({reason}); change its rights, or run as a user who may read it."""

    code = "demo.folder_not_readable"
    http_status = 403
    zh = "无法读取 {folder}（{reason}）：请修改其权限，或换用有权读取的用户运行。"


class NothingGiven(PlatformError):
    """{folder} holds none of the expected files: {files}."""

    code = "demo.nothing_given"
    http_status = 404
    zh = "{folder} 中没有任何一个所需的文件：{files}。"
