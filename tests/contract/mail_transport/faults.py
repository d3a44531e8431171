"""A mail server on loopback that does the wrong thing at a chosen step of the conversation.

Steps: CALL, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA (before the content), CONTENT (after it). What it does there: an
answer such as "451 4.3.0 later"; or "drop" (hangs up), "hang" (says nothing more), "drip" (a byte now and then, for
ever), "endless" (an answer of more and more lines), "long line" (one of more and more letters), "garbage".
"""

import asyncio
import base64
from contextlib import suppress

from aiosmtpd.smtp import SMTP, AuthResult
from mail_server import Server

STEPS = ("CALL", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "CONTENT")


class FaultySMTP(SMTP):
    """aiosmtpd's own conversation with faults in it."""

    # As RFC 4954 wants for a sign-in; Microsoft's tokens have some 2,000 letters.
    line_length_limit = 12_288

    def __init__(self, *given, **options):
        super().__init__(*given, **options)
        self.command_size_limits["AUTH"] = self.line_length_limit

    async def fault(self, step):
        """Do what is to be done at this step. True: nothing else is to be said."""
        what = self.event_handler.faults.get(step)
        if what is None:
            return False
        self.event_handler.met.append(step)
        with suppress(OSError):
            await self._do(what)
        return True

    async def _do(self, what):
        if what in {"drop", "endless", "garbage", "long line", "drip", "hang"}:
            await getattr(self, "_" + what.replace(" ", "_"))()
        else:
            await self.push(what)
            if what.startswith("421"):
                self.transport.close()

    async def _drop(self):
        self.transport.close()

    async def _hang(self):
        await self.event_handler.over.wait()

    async def _endless(self):
        for _ in range(400):  # of what is more than anybody should read
            await self.push("250-" + "x" * 500)
        await self._hang()

    async def _garbage(self):
        await self.push(b"\x00\xff <html> canary")

    async def _long_line(self):
        for _ in range(40):
            self._writer.write(b"x" * 5000)
            await self._writer.drain()
        await self._hang()

    async def _drip(self):
        while not (self.transport.is_closing() or self.event_handler.over.is_set()):
            self._writer.write(b"2")
            await self._writer.drain()
            await asyncio.sleep(0.005)

    async def _handle_client(self):
        self.event_handler.talks.add(self)
        try:
            if not await self.fault("CALL"):
                await super()._handle_client()
        finally:
            if self.transport is not None:
                self.transport.abort()
            self.event_handler.talks.discard(self)

    async def smtp_EHLO(self, arg):
        if not await self.fault("EHLO"):
            await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg):
        if not await self.fault("EHLO"):
            await super().smtp_HELO(arg)

    async def smtp_STARTTLS(self, arg):
        if not await self.fault("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg):
        if not await self.fault("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):
        if not await self.fault("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if not await self.fault("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self.fault("DATA"):
            await super().smtp_DATA(arg)


class FaultServer(Server):
    """`faults`: what goes wrong at which step. `met`: steps at which something did go wrong. `tokens`: those that
    XOAUTH2 takes; `empty_lines`: how often the client answered a challenge with nothing, as it must."""

    def __init__(
        self, faults=None, *, tokens=(), challenge='{"status":"401","schemes":"bearer","scope":"s"}', **options
    ):
        self.faults, self.met, self.tokens, self.empty_lines = faults or {}, [], set(tokens), 0
        self.challenge, self.shown = challenge, []
        self.over, self.talks = asyncio.Event(), set()
        super().__init__(None, **options)

    def stop(self):
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(5)
        super().stop()

    async def _hang_up(self):
        self.over.set()
        while self.talks:
            for talk in self.talks:
                if talk.transport is not None:
                    talk.transport.abort()
            await asyncio.sleep(0)

    def factory(self):
        return FaultySMTP(self.handler, **self.SMTP_kwargs)

    async def handle_DATA(self, server, session, envelope):
        what = self.faults.get("CONTENT", "")
        if what[:1].isdigit():
            self.met.append("CONTENT")
            return what
        if await server.fault("CONTENT"):
            server.transport.close()
            return "421 gone"
        return await super().handle_DATA(server, session, envelope)

    async def auth_XOAUTH2(self, server, args):
        said = base64.b64decode(args[1]).decode()
        user, auth, *_ = said.split("\x01")
        self.shown.append((user.removeprefix("user="), auth.removeprefix("auth=Bearer ")))
        if self.shown[-1][1] in self.tokens:
            return AuthResult(success=True)
        answer = await server.challenge_auth(self.challenge)
        self.empty_lines += answer == b""
        return AuthResult(success=False, handled=False, message="535 5.7.3 Authentication unsuccessful")
