from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoNode(PlatformError):
    """No installed pack says which government this node serves; a pack with `nodes/<id>.yaml` does."""

    code = "organization.no_node"
    http_status = 503
    zh = "没有应用包说明本节点服务哪个政府；请安装含 nodes/<id>.yaml 的应用包。"
