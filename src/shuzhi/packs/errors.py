from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class PacksFaulty(PlatformError):
    """The packs have {count} faults; the first: {first}. `shuzhi packs check` lists all of them."""

    code = "packs.faulty"
    http_status = 422
    zh = "应用包有 {count} 处问题，第一处：{first}。运行 shuzhi packs check 可列出全部。"
