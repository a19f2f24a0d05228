from shuzhi.support.messages.services.knowing import (
    admit_client,
    admit_hook,
    forget_contact,
    keep_contact,
    mark_read,
)
from shuzhi.support.messages.services.sending import install_template, send, send_mail, tell

__all__ = [
    "admit_client", "admit_hook", "forget_contact", "install_template", "keep_contact", "mark_read", "send", "send_mail",
    "tell",
]  # fmt: skip
