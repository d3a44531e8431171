"""A small school with a Facebook page and an X account that was watched until yesterday, and much to read today.

The programs run as real processes by the real clock, so the story is told relative to the present. Nothing is
mailed in the minutes a test takes unless it was owed before: the school's times of mailing are twelve hours off.
"""

import shutil
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from books import CONFIGURATION
from processes import PATIENCE

from config.loading import load_settings
from monitor.clock import SetClock, system_clock
from monitor.demo.graph_server import GraphStandIn
from monitor.demo.story import Chronicle
from monitor.demo.workplace import TIMEZONE, DemoSchool, open_workplace, write_configuration
from monitor.demo.world import Author, World
from monitor.demo.x_server import XStandIn, snowflake
from monitor.round import read_accounts
from monitor.wiring import build_app

PAGE = Author("104000000000001", "Elmhurst School")
HANDLE = Author("888000000000000001", "Elmhurst School", "ElmhurstSchool")
PAGE_SIZE = 25
MENTIONS_AT_ONCE = 10
WATCHED_FROM, WATCHED_UNTIL = timedelta(days=8), timedelta(hours=30)
"""How long before now the school was read for the first and for the last time. The first is long enough ago for a
Monday and a working day to lie between, so that both kinds of mail are owed."""
NEW_ON_FACEBOOK, NEW_ON_X = 110, 38
"""Comments made since the last reading."""
RUDE = (31,)


def _parent(number):
    return Author(f"5200000000000{number:03}", f"Parent {number}", f"parent{number}")


def _words(number):
    return f"You are all idiots, every one of you ({number})" if number in RUDE else f"Is this on? ({number})"


def facebook(now):
    """One post with 150 comments: 40 from before the last reading, of which 4 were deleted and one edited since."""
    tell = Chronicle(
        World(PAGE), lambda number, _: f"{PAGE.id}_{100 + number}", lambda number, _at, _post: f"101_{9000 + number}"
    )
    post = tell.post("The hall floor is finished.", now - timedelta(days=12))
    for number in range(20):
        deleted = now - timedelta(days=3) if number < 4 else None
        at = now - timedelta(days=9, minutes=number)
        tell.says(_parent(number), f"Is this on? ({number})", at, post, deleted_at=deleted)
    for number in range(20):
        at = now - timedelta(hours=40, minutes=number)
        edits = ((now - timedelta(hours=5), f"What a bunch of clowns you are ({number})"),) if number == 3 else ()
        asked = tell.says(_parent(number), f"Is this on? ({number})", at, post, edits=edits)
        if number % 4 == 0:
            tell.answers(asked, "Yes, it is.", now - timedelta(hours=20, minutes=number))
    for number in range(NEW_ON_FACEBOOK):
        tell.says(_parent(number), _words(number), now - timedelta(hours=10, minutes=number), post)
    return tell.world


def x(now):
    """Mentions: 12 from before the last reading, of which 2 were deleted since, and 38 new ones; 3 answers."""
    tell = Chronicle(
        World(HANDLE), lambda number, at: snowflake(at, number), lambda number, at, _: snowflake(at, 1000 + number)
    )
    for number in range(12):
        deleted = now - timedelta(days=3) if number < 2 else None
        at = now - timedelta(days=9, minutes=number)
        asked = tell.says(_parent(number), f"@ElmhurstSchool Any news? ({number})", at, deleted_at=deleted)
        if number > 8:
            tell.answers(asked, "Soon.", now - timedelta(hours=12, minutes=number))
    for number in range(NEW_ON_X):
        words = f"@ElmhurstSchool {_words(number)}"
        tell.says(_parent(number), words, now - timedelta(hours=11, minutes=number))
    return tell.world


@dataclass
class Gate:
    """Holds one request of a stand-in until it is opened: the one to an address ending so, after so many such."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    ending: str | None = None
    after: int = 0

    def close(self, ending, after):
        self.reached.clear()
        self.opened.clear()
        self.ending, self.after = ending, after

    def open(self):
        self.ending = None
        self.opened.set()

    def wait_until_reached(self):
        assert self.reached.wait(PATIENCE), "the request that was to be held never came"

    def __call__(self, request, _number):
        if self.ending and request.path.endswith(self.ending):
            self.after -= 1
            if self.after == -1:
                self.reached.set()
                self.opened.wait(PATIENCE)


class SmallSchool:
    """The stand-ins of the school, and its folder as the last reading left it."""

    def __init__(self, folder):
        now = system_clock().replace(microsecond=0)
        self.now = now
        self.folder = folder
        self.place = open_workplace(folder, now)
        self.clock = SetClock(now)
        self.gates = {"facebook": Gate(), "x": Gate()}
        self.networks = {
            "facebook": GraphStandIn(
                facebook(now), self.clock, self.place.token("facebook"), self.gates["facebook"], PAGE_SIZE
            ),
            "x": XStandIn(x(now), self.clock, self.place.token("x"), self.gates["x"], MENTIONS_AT_ONCE),
        }

    def was_watched(self):
        """Read the school twice in the past, and leave the rest to the test."""
        _configure(self)
        settings = load_settings(self.folder / CONFIGURATION, {})
        self.clock.at = self.now - WATCHED_FROM
        app = build_app(settings, self.clock)
        for ago in (WATCHED_FROM, WATCHED_UNTIL):
            self.clock.at = self.now - ago
            results = read_accounts(app, list(settings.accounts))
            assert all(result.complete for result in results), results
        app.store.close()
        self.clock.at = self.now

    def copy_to(self, folder):
        """The folder as the last reading left it, for one more reading."""
        return shutil.copytree(self.folder, folder)

    def asked(self, network):
        """How many requests a network has had so far."""
        return len(self.networks[network].requests)


def _configure(school):
    urls = {name: network.url for name, network in school.networks.items()}
    page = DemoSchool(
        name=PAGE.name,
        key="elmhurst",
        page_id=PAGE.id,
        x_user_id=HANDLE.id,
        reddit_user="nobody",
        subreddit="nowhere",
        lookback_days=dict.fromkeys(("facebook", "x", "reddit"), 30),
    )
    write_configuration(school.place, page, {**urls, "reddit": urls["x"]})
    whole = school.place.configuration.read_text()
    without_reddit, found, _ = whole.partition('[[accounts]]\nkey = "reddit"')
    assert found
    then = (school.now + timedelta(hours=12)).astimezone(ZoneInfo(TIMEZONE))
    times = f'[schedule]\ndigest_at = "{then:%H:%M}"\nweekly_report_at = "{then:%H:%M}"\n'
    times += f'mails_from = "{then:%H}:00"\nmails_until = "{then:%H}:59:59"\n'
    # Rules alone: what is shown here is that nothing is lost, and each of many processes would load the models.
    school.place.configuration.write_text(without_reddit + times + '[judging]\nmodels = "none"\n')


@contextmanager
def small_school(folder):
    """The school with its networks up."""
    school = SmallSchool(folder)
    with ExitStack() as stack:
        for network in school.networks.values():
            stack.enter_context(network)
        school.was_watched()
        yield school
