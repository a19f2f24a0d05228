from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchClient(PlatformError):
    """This node knows no such client, or not with this address to return to."""

    code = "identity.no_such_client"
    zh = "本节点没有登记这个接入应用，或回跳地址与登记的不一致。"


class ClientNotRight(PlatformError):
    """A client needs a name of small letters, a title, known scopes and https addresses (http for this machine only): {reason}."""

    code = "identity.client_not_right"
    http_status = 422
    zh = "接入应用的登记内容不对：{reason_zh}。"


class Refused(Exception):
    """What RFC 6749 calls an error: its word for programs, and a sentence."""

    def __init__(self, error: str, description: str = "", *, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status
