"""A mail server on this machine that keeps what it takes, and plays a server's bad days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"


@dataclass
class MailServer:
    """What arrived; and what the server says to the recipient and to the letter, as long as that is set."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    says_to_recipient: str = OK
    says_to_letter: str = OK

    async def handle_RCPT(  # noqa: N802  (the name that the server looks for)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.says_to_recipient == OK:
            envelope.rcpt_tos.append(address)
        return self.says_to_recipient

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.says_to_letter == OK:
            content: Any = envelope.content
            self.taken.append(message_from_bytes(content, policy=policy.default))
            self.recipients += envelope.rcpt_tos
        return self.says_to_letter


class _OwnPort(Controller):
    """Takes whatever port is free; the stock one wants to know it beforehand."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running server; gone at the end."""
    kept = MailServer()
    controller = _OwnPort(kept, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        kept.port = controller.port
        yield kept
    finally:
        controller.stop()


def part(mail: EmailMessage, kind: str) -> str:
    """The text of this kind in a letter, as a mail program decodes it."""
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())
