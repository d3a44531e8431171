"""A desk with a technician, and what is told about accounts that fall silent."""

from email import message_from_bytes, policy

from desk import DAY, NOW, Scripted, page

from connectors.errors import AuthFailed
from connectors.fetched import FetchedPost
from monitor.round import mail
from monitor.store import incidents
from monitor.store.school_tables import Account

TECHNICIAN = """
[[people]]
name = "Kim Petersen"
email = "kim@oakfield.example"
roles = ["technician"]
"""
KIM, HEAD = "kim@oakfield.example", "head@oakfield.example"
DEAD = AuthFailed("Facebook Page, account: the access token no longer works. A person must issue a new one")
POST = FetchedPost("post", "The fair is on Friday.", NOW - DAY, "https://example.invalid/post", comment_count=2)


def tell(desk):
    """What runs every minute, reading or not."""
    return mail(desk.app)


def read(desk, *pages, streams=None, **can):
    """A run of the account, then the minute after it."""
    connector = Scripted(streams or {"comments": list(pages or [page()])}, **can)
    result = desk.collector(connector).run()
    desk.app.watch.tried("facebook")
    tell(desk)
    return result


def told(desk):
    return [
        (d.kind, d.recipient) for d in desk.deliveries() if d.kind in {"alarm", "recovery", "expiry"} and d.sent_at
    ]


def texts(desk, beginning):
    """The plain texts of mails whose subject begins so."""
    found = []
    for path in desk.mails():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["Subject"].startswith(beginning):
            found.append(" ".join(message.get_body(("plain",)).get_content().split()))
    return found


def open_ones(desk):
    with desk.rows() as (tx, _, account):
        return [(each.trouble, each.stream) for each in incidents.open_ones(tx, account)]


def expires(desk, moment):
    with desk.store.writing() as tx:
        tx.get_one(Account, 1).expires_at = moment
