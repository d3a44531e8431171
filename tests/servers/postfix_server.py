"""A real Postfix on loopback, in a folder of its own: STARTTLS required, mail for one domain into mail folders."""

import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

DAEMONS = Path("/usr/lib/postfix/sbin")
PATIENCE = 60  # seconds for the server to come up, and for a mail to lie in its folder
LARGEST = 100_000  # bytes of a mail
DOMAIN = "oakfield.example"

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.{domain}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
alias_maps =
local_recipient_maps =
mynetworks =
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/access, reject_unauth_destination
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
message_size_limit = {largest}
virtual_mailbox_limit = 0
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {folder}/server.pem
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
# Each connection has a process of its own, which reads the tables as they are then.
max_use = 1
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
"""


def missing():
    """What keeps Postfix from being run here, in a sentence; empty: nothing."""
    if not (DAEMONS / "master").is_file() or shutil.which("postfix") is None:
        return "Postfix is not installed here: make test-servers installs it"
    return "" if os.geteuid() == 0 else "Postfix is started for this by root only"


class Postfix:
    """One running server. `people` have a mailbox; nobody else has."""

    def __init__(self, folder, port, people):
        self.port, self._folder, self._people = port, folder, people

    def refuse(self, person, answer):
        """What the server says to a mail for this person from now on; an empty answer: it takes the mail."""
        line = f"{person}@{DOMAIN} {answer}\n" if answer else ""
        (self._folder / "access").write_text(line)

    def mails(self, person):
        """All that lies in somebody's mailbox, as bytes."""
        return [path.read_bytes() for path in sorted((self._folder / "mail" / person / "new").glob("*"))]

    def wait_for(self, person, number):
        """The mails of a person once there are so many."""
        _wait(lambda: len(self.mails(person)) >= number, "a mail did not arrive")
        return self.mails(person)

    @property
    def log(self):
        return (self._folder / "log").read_text()


@contextmanager
def running(folder, holder, people=("ali", "bevan", "head")):
    """A new server in `folder` that shows `holder`'s certificate, up for as long as the block lasts."""
    folder.chmod(0o755)
    for parent in folder.parents[:3]:
        if parent.owner() == "root" and parent != Path("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o055)
    nobody, port = pwd.getpwnam("nobody"), _free_port()
    told = {"folder": folder, "daemons": DAEMONS, "domain": DOMAIN, "largest": LARGEST, "port": port}
    told |= {"uid": nobody.pw_uid, "gid": nobody.pw_gid}
    (folder / "main.cf").write_text(_MAIN.format(**told))
    (folder / "master.cf").write_text(_MASTER.format(**told))
    (folder / "access").write_text("")
    (folder / "mailboxes").write_text("".join(f"{person}@{DOMAIN} {person}/\n" for person in people))
    (folder / "server.pem").write_text(holder.key_pem + holder.pem)
    (folder / "server.pem").chmod(0o600)
    for name, owner in (("queue", "root"), ("data", "postfix"), ("mail", "nobody")):
        (folder / name).mkdir(mode=0o755)
        shutil.chown(folder / name, owner)
    made = subprocess.run(["postfix", "-c", folder, "check"], capture_output=True, timeout=PATIENCE, check=False)
    assert made.returncode == 0, made.stderr.decode()
    with (folder / "said").open("wb") as said:
        command = [DAEMONS / "master", "-c", folder, "-d"]
        master = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
    try:
        _wait(lambda: _answers(port), f"Postfix did not come up: {(folder / 'said').read_text()}")
        yield Postfix(folder, port, people)
    finally:
        os.killpg(master.pid, signal.SIGTERM)
        master.wait(PATIENCE)


def _answers(port):
    try:
        with smtplib.SMTP("127.0.0.1", port, "test.invalid", timeout=5) as server:
            return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _wait(until, words):
    latest = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < latest, words
        time.sleep(0.05)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
