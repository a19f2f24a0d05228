"""What the command line says when something fails that no room foresaw (意外): one message, the traceback in a log."""

from __future__ import annotations

import errno
import os
import traceback
from pathlib import Path

from shuzhi.foundation.clock import now
from shuzhi.foundation.settings import settings

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def misfortune(error: Exception) -> str:
    """Both languages, and where the particulars were written."""
    log = _write_down(error)
    where = f"详见 {log}。 See {log}." if log else ""
    return "\n".join(filter(None, (_zh(error), _en(error), where)))


def _zh(error: Exception) -> str:
    if _is_database(error):
        return "数据库中断或没有应答；已提交的内容不受影响，请用 shuzhi status 查看后重试。"
    if _is_full(error):
        return f"磁盘空间不足{_place(error)}；请腾出空间后重试，未写完的内容不会生效。"
    if isinstance(error, OSError) and error.filename:
        return f"无法读写 {error.filename}（{error.strerror}）；请检查该文件及其目录的权限后重试。"
    return f"出现意外错误（{type(error).__name__}），操作未完成。"


def _en(error: Exception) -> str:
    if _is_database(error):
        return "The database went away or does not answer; what was committed stands. Look with `shuzhi status`, then repeat."
    if _is_full(error):
        return f"The disk is full{_place(error)}; free some space and repeat. Nothing half-written counts."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} can't be read or written ({error.strerror}); look at its rights and its folder's, then repeat."
    return f"Something unexpected happened ({type(error).__name__}); the operation was not completed."


def _place(error: Exception) -> str:
    name = getattr(error, "filename", None)
    return f" ({name})" if name else ""


def _is_database(error: Exception) -> bool:
    import psycopg
    from django.db import InterfaceError, OperationalError

    return isinstance(error, (psycopg.OperationalError, OperationalError, InterfaceError))


def _is_full(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in FULL


def _write_down(error: Exception) -> Path | None:
    try:
        file = settings().home / "log" / "console.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write(f"{now().isoformat()} pid {os.getpid()}\n")
            out.writelines(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 - the disk may be what is wrong
        return None
    return file
