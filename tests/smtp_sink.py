"""A real SMTP server on this machine that keeps what it is given: ``with smtp_sink() as sink: … sink.mails``.

Processes reach it by ``EMAIL_URL=sink.url``; what is sent comes over the wire, encoded as a mail server gets it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from scripts.demo_server import free_port

HOST = "127.0.0.1"
PATIENCE = 20.0  # seconds until a mail must have come; long, because nothing is slow by being waited for


@dataclass
class Sink:
    """What came so far. ``unknown`` are mailboxes that it refuses for good."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """For the setting EMAIL_URL."""
        return f"smtp://{HOST}:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for one address, the oldest first."""
        return [mail for mail in self.mails if mail["to"] == address]

    def wait_for(self, address: str, number: int = 1) -> EmailMessage:
        """The mail of this number (from 1) for ``address``, as soon as it is there. Raises AssertionError if not."""
        deadline = time.monotonic() + PATIENCE
        while len(self.to(address)) < number:
            assert time.monotonic() < deadline, f"No mail {number} for {address}; there are {self.mails!r}"
            time.sleep(0.05)
        return self.to(address)[number - 1]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if address in self.unknown:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def subject_of(mail: EmailMessage) -> str:
    """The subject as a mail program shows it: Python keeps the blank before one that begins on a line of its own."""
    return str(mail["subject"]).strip()


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail, with the line ends of a file."""
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """A running server; it ends with the block."""
    sink = Sink(free_port())
    controller = Controller(sink, hostname=HOST, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
