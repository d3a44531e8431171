"""A mail server on loopback that can hesitate after it has accepted a mail and before it says so."""

import asyncio
import threading
from email import message_from_bytes

from aiosmtpd.controller import Controller
from processes import PATIENCE


class PostOffice(Controller):
    """Accepts everything. `accepted` lists (recipient, Message-ID) in order, with repeats."""

    def __init__(self):
        self.accepted = []
        self.has_one, self.go_on = threading.Event(), threading.Event()
        super().__init__(self, hostname="127.0.0.1", port=0, ready_timeout=5)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_DATA(self, _server, _session, envelope):
        mail = message_from_bytes(envelope.content)
        self.accepted.append((envelope.rcpt_tos[0], mail["Message-ID"]))
        self.has_one.set()
        await asyncio.to_thread(self.go_on.wait, PATIENCE)
        return "250 OK"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.go_on.set()
        self.stop()
