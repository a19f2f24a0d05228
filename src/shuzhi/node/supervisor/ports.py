"""Ports (端口): whether they are free, and who holds them when they are not."""

from __future__ import annotations

import errno
import socket

import psutil

from shuzhi.foundation.settings import Settings
from shuzhi.node.supervisor.errors import PortTaken


def require_free(settings: Settings, names: tuple[str, ...]) -> None:
    """Refuse to start when a port is taken, and say by whom.

    Raises:
        PortTaken: with the holder and the setting to change.
    """
    wanted = {
        "web": (settings.web_host, settings.web_port, "SHUZHI_WEB_PORT"),
        "gateway": (settings.gateway_host, settings.gateway_port, "SHUZHI_GATEWAY_PORT"),
    }
    for name, (host, port, setting) in wanted.items():
        if name in names and not is_free(host, port):
            raise PortTaken(name=name, port=port, holder=holder(port), setting=setting)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen here."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True


def holder(port: int) -> str:
    """Who listens on a port, as far as we may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
            if listens and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return "another user's process"
