"""TLS of the gateway (传输加密): its own certificate, and where wanted the callers' (双向认证)."""

from __future__ import annotations

import hashlib
import ssl

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import Settings


class TlsNotUsable(PlatformError):
    """The gateway's TLS can't be set up: {reason}; check gateway_tls_certificate, gateway_tls_key, gateway_tls_callers."""

    code = "gateway.tls_not_usable"
    http_status = 500
    zh = "网关的 TLS 无法启用：{reason}；请检查 gateway_tls_certificate、gateway_tls_key、gateway_tls_callers。"


def fingerprint(line: ssl.SSLObject | None) -> str | None:
    """The SHA-256 fingerprint of the certificate that the caller showed; None without TLS or without one."""
    shown = line.getpeercert(binary_form=True) if line is not None else None
    return hashlib.sha256(shown).hexdigest() if shown else None


def tls_context(chosen: Settings) -> ssl.SSLContext | None:
    """The context that the settings want; None without a certificate.

    With `gateway_tls_callers`, a file of authorities, nobody connects who has no certificate of theirs.

    Raises:
        TlsNotUsable: a file is missing or fits no other, or callers are to be checked without TLS.
    """
    if chosen.gateway_tls_certificate is None:
        if chosen.gateway_tls_callers is not None or chosen.gateway_tls_key is not None:
            raise TlsNotUsable(reason="no gateway_tls_certificate")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(chosen.gateway_tls_certificate, chosen.gateway_tls_key)
        if chosen.gateway_tls_callers is not None:
            context.load_verify_locations(chosen.gateway_tls_callers)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise TlsNotUsable(reason=type(error).__name__) from error
    return context
