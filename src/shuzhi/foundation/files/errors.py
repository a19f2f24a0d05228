"""What the store of files refuses."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class StoreFull(PlatformError):
    """The disk is full or the quota used up; {name} was not stored, and nothing of it is left."""

    code = "files.full"
    http_status = 507
    zh = "磁盘已满或超出配额；{name} 未存入，也没有残留。"


class FileNotStored(PlatformError):
    """No file {sha256} is stored."""

    code = "files.not_stored"
    http_status = 404
    zh = "没有存储文件 {sha256}。"


class FileDamaged(PlatformError):
    """Stored file {sha256} has changed on disk: its content now hashes to {found}."""

    code = "files.damaged"
    http_status = 500
    zh = "已存文件 {sha256} 在磁盘上被改动：其内容的哈希现为 {found}。"


class NotAHash(PlatformError):
    """{text!r} is not the SHA-256 of a file: 64 digits of 0-9 and a-f."""

    code = "files.not_a_hash"
    zh = "{text!r} 不是文件的 SHA-256（64 位，0-9、a-f）。"
