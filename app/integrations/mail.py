"""Send mail by SMTP, or write it to the log if no server is set."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.errors import Unavailable
from app.i18n import _
from app.log import logger
from app.settings import settings

log = logger("saldo.mail")
TIMEOUT_SECONDS = 10.0


class Mailer(Protocol):
    """Sends one message to one address."""

    async def send(self, to: str, subject: str, text: str, link: str = "") -> None: ...


class SmtpMailer:
    """Sends by ``smtp://user:password@host:587`` (STARTTLS if offered) or ``smtps://host:465``."""

    def __init__(self, url: str, sender: str) -> None:
        self.url, self.sender = urlsplit(url), sender

    async def send(self, to: str, subject: str, text: str, link: str = "") -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="saldo.local")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{text}\n\n{link}\n" if link else f"{text}\n")
        secure = self.url.scheme == "smtps"
        try:
            await aiosmtplib.send(
                message,
                hostname=self.url.hostname or "localhost",
                port=self.url.port or (465 if secure else 587),
                username=unquote(self.url.username) if self.url.username else None,
                password=unquote(self.url.password) if self.url.password else None,
                use_tls=secure,
                timeout=TIMEOUT_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail was not sent", error=type(error).__name__)
            raise Unavailable(_("The email couldn’t be sent. Try again in a moment.")) from error


class LogMailer:
    """Writes the link to the log, for the administrator to pass on."""

    async def send(self, to: str, subject: str, text: str, link: str = "") -> None:
        log.warning("no mail server is set; pass this link on", subject=subject, reset_link=link)


def mailer() -> Mailer:
    if url := settings().smtp_url.get_secret_value():
        return SmtpMailer(url, settings().mail_from)
    return LogMailer()


def sends_mail() -> bool:
    """Return whether mail is sent by SMTP."""
    return bool(settings().smtp_url.get_secret_value())
