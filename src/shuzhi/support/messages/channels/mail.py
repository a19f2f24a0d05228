"""Mail by SMTP: one connection for a turn of the lane; a refused address is final, a busy server is not."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shuzhi.foundation.clock import now
from shuzhi.foundation.secrets import secret_file
from shuzhi.support.messages.types import Outcome, Parcel, State

PASSWORD = "smtp-password"  # noqa: S105 - the name of the file
SECONDS = 10
REFUSED = 500
LONGEST = 180


class _Whole(UnstructuredHeader, BaseHeader):
    """A header in one line: folded, a long address would go out encoded, and no mail program reads it then."""

    def fold(self, *, policy: policy.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)
_LETTERS = policy.default.clone(header_factory=_HEADERS)


class MailDriver:
    """Speaks to one mail server: `smtp://user@host:25`, `smtps://…` for TLS from the start."""

    def __init__(self, url: str, sender: str, *, home: Path) -> None:
        """The password lies in the node's secrets, not in the setting."""
        self._at, self._sender, self._home = urlsplit(url), sender, home
        self._server: smtplib.SMTP | None = None

    def __call__(self, parcel: Parcel) -> Outcome:
        """Hand a mail to the server."""
        try:
            letter = self._letter(parcel)
        except (ValueError, IndexError) as error:
            return Outcome(parcel.delivery, State.FAILED, "refused", type(error).__name__, final=True)
        try:
            self._connected().send_message(letter, to_addrs=_all(parcel))
        except smtplib.SMTPRecipientsRefused as refusal:
            code, said = next(iter(refusal.recipients.values()))
            return self._failed(parcel, code, said)
        except smtplib.SMTPResponseException as refusal:
            return self._failed(parcel, refusal.smtp_code, refusal.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(parcel.delivery, State.FAILED, problem=type(error).__name__, lane_down=True)
        return Outcome(parcel.delivery, State.DELIVERED, letter["Message-ID"] or "")

    def _failed(self, parcel: Parcel, code: int, said: bytes | str) -> Outcome:
        self.close()
        problem = f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
        if code >= REFUSED:
            return Outcome(parcel.delivery, State.FAILED, "refused", problem, final=True)
        return Outcome(parcel.delivery, State.FAILED, problem=problem)

    def close(self) -> None:
        """End the connection."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            host, port = self._at.hostname or "localhost", self._at.port
            if self._at.scheme == "smtps":
                context = ssl.create_default_context()
                server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=context)
            else:
                server = smtplib.SMTP(host, port or 25, timeout=SECONDS)
                server.ehlo()
                if server.has_extn("starttls"):
                    server.starttls(context=ssl.create_default_context())
            if self._at.username:
                password = secret_file(self._home, PASSWORD).read_text("utf-8").strip()
                server.login(unquote(self._at.username), password)
            self._server = server
        return self._server

    def _letter(self, parcel: Parcel) -> EmailMessage:
        letter, told = EmailMessage(policy=_LETTERS), parcel.payload
        name, _, host = self._sender.partition("@")
        letter["From"] = Address(str(told.get("sender", ""))[:LONGEST], name, host)
        letter["To"] = Address(str(told.get("name", ""))[:LONGEST], addr_spec=parcel.address)
        if told.get("cc"):
            letter["Cc"] = Address(addr_spec=told["cc"])
        if told.get("reply_to"):
            letter["Reply-To"] = Address(addr_spec=told["reply_to"])
        letter["Subject"] = " ".join(parcel.title.split())[:LONGEST]
        letter["Date"] = format_datetime(now())
        # The same on every attempt, so that a mail sent twice is seen as one.
        letter["Message-ID"] = f"<{parcel.delivery}.shuzhi@{host or 'localhost'}>"
        _let_end(letter, str(told.get("unsubscribe", "")))
        letter.set_content(parcel.text)
        return letter


def _let_end(letter: EmailMessage, link: str) -> None:
    """Say by which address such mail ends (RFC 2369); over TLS one click of the mail program does it (RFC 8058)."""
    if not link.startswith(("https://", "http://")) or any(sign in link for sign in "<> \r\n"):
        return  # a node that does not know its public address has only half a link
    letter["List-Unsubscribe"] = f"<{link}>"
    if link.startswith("https://"):
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _all(parcel: Parcel) -> list[str]:
    more = (parcel.payload.get("cc"), parcel.payload.get("bcc"))
    return [parcel.address, *(str(each) for each in more if each)]
