from shuzhi.support.credentials.services.codes import read_code, show_on_code
from shuzhi.support.credentials.services.issuing import install_kind, issue
from shuzhi.support.credentials.services.reusing import agree, ask, refuse, use, use_by_code
from shuzhi.support.credentials.services.standing import resume, revoke, suspend
from shuzhi.support.credentials.services.trying import verify

__all__ = [
    "agree", "ask", "install_kind", "issue", "read_code", "refuse", "resume", "revoke", "show_on_code", "suspend",
    "use", "use_by_code", "verify",
]  # fmt: skip
