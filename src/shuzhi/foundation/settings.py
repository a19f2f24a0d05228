"""Typed settings (设置): defaults, then `shuzhi.toml` under the home folder, then `SHUZHI_*` variables.

A setting that nobody knows is refused, so that a misspelt one never silently does nothing.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from shuzhi.foundation.addresses import HERE
from shuzhi.foundation.errors import PlatformError

PREFIX = "SHUZHI_"
USUAL_PROCESSES = 2
SETTINGS_FILE = "shuzhi.toml"

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Workers = Annotated[int, msgspec.Meta(ge=1, le=64)]


def _usual_processes() -> int:
    """Two where there are cores for them: one would leave the other core idle, and each more takes memory."""
    return min(USUAL_PROCESSES, os.cpu_count() or 1)


class UnknownSetting(PlatformError):
    """Setting {name} in {where} is not known{hint}; `shuzhi doctor --settings` lists all settings."""

    code = "settings.unknown"
    zh = "{where} 中的设置项 {name} 不存在{hint}；运行 shuzhi doctor --settings 可列出全部设置。"


class InvalidSetting(PlatformError):
    """A setting in {where} has a value that does not fit: {reason}."""

    code = "settings.invalid"
    zh = "{where} 中的设置值不合要求：{reason}。"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting of a node. Field names are the setting names; `SHUZHI_WEB_PORT` sets `web_port`.

    `postgres` chooses whose programs run our database, where both the wheel's and the system's are there.
    `process` says which process of the node this is; the supervisor sets it for its children. `start_seconds`
    bounds how long `shuzhi up --detach` waits for a node whose processes live. `public_url` is where people reach
    the pages; credentials and codes name it as their issuer.
    """

    home: Path = Path("var")
    database_url: str | None = None
    postgres: Literal["wheel", "system"] | None = None
    lake_url: str | None = None
    packs: tuple[Path, ...] = ()
    web_host: str = "127.0.0.1"
    web_port: Port = 8000
    web_workers: Workers = msgspec.field(default_factory=_usual_processes)
    gateway_host: str = "127.0.0.1"
    gateway_port: Port = 8100
    gateway_workers: Workers = msgspec.field(default_factory=_usual_processes)
    gateway_audit: Literal["durable", "fast"] = "durable"
    gateway_claims: Literal["memory", "database"] = "memory"
    gateway_tls_certificate: Path | None = None
    gateway_tls_key: Path | None = None
    gateway_tls_callers: Path | None = None
    gateway_connections_per_address: Annotated[int, msgspec.Meta(ge=0)] = 1024
    gateway_proxies: tuple[str, ...] = ()
    gateway_forward_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0
    web_tls: Literal["none", "proxy"] = "none"
    web_proxies: tuple[str, ...] = ()
    web_calls: Annotated[int, msgspec.Meta(ge=1)] = 6_000
    web_calls_account: Annotated[int, msgspec.Meta(ge=1)] = 6_000
    web_calls_wide: Annotated[int, msgspec.Meta(ge=1)] = 60_000
    web_wide_networks: tuple[str, ...] = HERE
    public_url: str | None = None
    session_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 10
    session_idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 60
    login_issuer: str | None = None
    login_client: str | None = None
    login_secret: Path | None = None
    login_title: str = "统一身份认证|the common sign-in"
    login_claims: tuple[str, ...] = ("resident_id", "uscc")
    login_scopes: tuple[str, ...] = ("openid", "profile", "identity")
    second_factor: Literal["optional", "administrators", "staff"] = "optional"
    events_networks: tuple[str, ...] = ()
    events_plain_http: bool = False
    mediator_networks: tuple[str, ...] = ()
    smtp_url: str | None = None
    mail_from: str = "noreply@localhost"
    sms_url: str | None = None
    payments_url: str | None = None
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    start_seconds: Annotated[int, msgspec.Meta(ge=1)] = 600
    demo: bool = False
    debug: bool = False
    process: str = "console"
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otlp_endpoint: str | None = None
    cryptography: Literal["international", "national"] = "international"
    kms_url: str | None = None
    spu_python: Path | None = None


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings of the node whose home folder `SHUZHI_HOME` names (default `./var`).

    Raises:
        UnknownSetting: a name that no setting has, in the file or in the environment.
        InvalidSetting: a value of the wrong type or out of range.
    """
    home = Path(environ.get(PREFIX + "HOME", "var")).absolute()
    file = home / SETTINGS_FILE
    values: dict[str, object] = {}
    if file.is_file():
        values |= _checked(tomllib.loads(file.read_text("utf-8")), where=str(file))
    values |= _checked(_from_environment(environ), where="environment")
    values["home"] = home
    try:
        chosen = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
        for text in _networks(chosen):
            ipaddress.ip_network(text, strict=False)
        for text in chosen.mediator_networks:
            ipaddress.ip_network(text.partition("=")[0].strip(), strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidSetting(where=f"{file} / environment", reason=error) from error
    return chosen


def _networks(chosen: Settings) -> tuple[str, ...]:
    return (
        *chosen.events_networks,
        *chosen.gateway_proxies,
        *chosen.web_proxies,
        *chosen.web_wide_networks,
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings(os.environ)


def variables(chosen: Settings) -> dict[str, str]:
    """The settings as `SHUZHI_*` variables, those with their default left out; a process given them has the same."""
    plain, usual = msgspec.to_builtins(chosen, enc_hook=str), msgspec.to_builtins(Settings(), enc_hook=str)
    return {
        PREFIX + name.upper(): ",".join(value) if isinstance(value, list) else str(value)
        for name, value in plain.items()
        if value != usual[name]
    }


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, text in environ.items():
        if not key.startswith(PREFIX) or key == PREFIX + "HOME":
            continue
        name = key.removeprefix(PREFIX).lower()
        # Lists are written as in PATH: one entry after the other, separated by commas.
        found[name] = [part for part in text.split(",") if part] if name in _LISTS else text
    return found


def _checked(values: Mapping[str, object], *, where: str) -> dict[str, object]:
    known = Settings.__struct_fields__
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise UnknownSetting(name=name, where=where, hint=f" ({near[0]}?)" if near else "")
    return dict(values)


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


_LISTS = frozenset(
    {
        "packs", "allowed_hosts", "events_networks", "gateway_proxies", "web_proxies", "web_wide_networks",
        "mediator_networks",
    }
)  # fmt: skip
