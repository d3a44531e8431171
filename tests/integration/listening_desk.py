"""A desk whose mail can be refused, with a technician, a chat and an outside watcher on this machine."""

from contextlib import contextmanager

from desk import MINUTE, SCRIPTED
from watch_desk import TECHNICIAN

from alerts.folder import FolderTransport
from alerts.transport import MailRefused
from monitor.round import mail

ALI, BEVAN, HEAD = "ali@oakfield.example", "bevan@oakfield.example", "head@oakfield.example"
NOT_NOW = MailRefused(False, "the mail server cannot be reached (Connection refused)")
NO_SUCH = MailRefused(True, "the mail server refused the recipient's address (answer 550 5.1.1 <secret@x.example>)")


class Post:
    """What mail meets: `refuses` by recipient, `all_fail` for everybody."""

    def __init__(self):
        self.refuses, self.all_fail = {}, None


@contextmanager
def post_of(monkeypatch):
    post, accept = Post(), FolderTransport.send

    def send(self, message):
        answer = post.all_fail or post.refuses.get(message["To"])
        if answer:
            raise answer
        accept(self, message)

    monkeypatch.setattr(FolderTransport, "send", send)
    yield post


def listens(desk, watcher=None, more="", chats=1):
    """The school with a technician and, where there is a watcher, the chat and the outside watcher that it is."""
    tables = SCRIPTED + TECHNICIAN + more
    if watcher:
        for name, address in (("ping", watcher.address), ("chat", f"json://127.0.0.1:{watcher.port}/plantedChat")):
            (desk.folder / name).write_text(address)
            (desk.folder / name).chmod(0o600)
        tables += '\n[listening]\nping_url_file = "ping"\n' + '\n[[chat]]\naddress_file = "chat"\n' * chats
    desk.change(accounts=tables)
    return desk


def at(desk, moment):
    """A round at a moment, by a program that ran all the time and tried to read a moment ago."""
    desk.clock.at = moment
    desk.app.listening.still_alive()
    desk.app.watch.tried("facebook")
    return mail(desk.app)


def every(desk, minutes, until):
    """Rounds until a moment."""
    while desk.clock.at < until:
        at(desk, desk.clock.at + minutes * MINUTE)


def sent(desk, kind):
    """(key, recipient, when) of what was sent, in order."""
    return [(d.key, d.recipient, d.sent_at) for d in desk.deliveries(kind) if d.sent_at]
