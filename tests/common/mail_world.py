"""A school and its fortnight: who writes what when under which post, and when the school answers, invented by dice.

A day is fifteen comments at all hours on two pages; one evening 300 begin to come under one post, until next morning.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from connectors.fetched import FetchedItem, FetchedPost, ItemKind

LONDON = ZoneInfo("Europe/London")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST_DAY = date(2026, 5, 18)
"""A Monday. The next one is the spring bank holiday."""
ALI, BEVAN, HEAD = "ali@oakfield.example", "bevan@oakfield.example", "head@oakfield.example"
LEAD, LAST = "lead@oakfield.example", "chair@governors.example"
MODERATORS = (ALI, BEVAN)
NAMES = {ALI: "Mrs Ali", BEVAN: "Mr Bevan", HEAD: "Ms Okafor", LEAD: "Miss Lead"}
OWN_IDS = {"facebook": "100200300", "nursery": "100200400"}
PAGES = tuple(OWN_IDS)

WORDS = {
    "hogwash": ("abuse", 1.0),
    "blast": ("profanity", 1.0),
    "menace": ("threat", 1.0),
    "groped": ("allegation", 1.0),
}
"""By a word in a comment, what it is flagged as. By the default pack: serious, a concern, urgent, urgent."""

CONFIGURATION = """
[school]
name = "Oakfield Primary School"
key = "oakfield"
last_resort = "chair@governors.example"

[mail]
transport = "folder"
sender = "monitor@oakfield.example"

[[people]]
name = "Mrs Ali"
email = "ali@oakfield.example"
roles = ["moderator"]

[[people]]
name = "Mr Bevan"
email = "bevan@oakfield.example"
roles = ["moderator"]
absent = [[2026-05-26, 2026-05-28]]
covered_by = "Mrs Ali"

[[people]]
name = "Ms Okafor"
email = "head@oakfield.example"
roles = ["head"]

[[people]]
name = "Miss Lead"
email = "lead@oakfield.example"
roles = ["safeguarding"]

[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = "100200300"
access_token_env = "TOKEN"
api_url = "http://127.0.0.1:9"
poll_minutes = 240

[[accounts]]
key = "nursery"
label = "Nursery page"
network = "facebook_page"
page_id = "100200400"
access_token_env = "TOKEN"
api_url = "http://127.0.0.1:9"
poll_minutes = 240

[judging]
models = "none"
"""


def local(day, hour, minute=0):
    """A moment of the fortnight, which begins on day 0, by the school's clock."""
    return datetime.combine(FIRST_DAY + timedelta(days=day), time(hour, minute), LONDON).astimezone(UTC)


BEGIN, END = local(0, 0), local(14, 9)
STORM_BEGINS, STORM_ENDS = local(1, 19, 40), local(2, 7, 20)
HOURS = (8, 13, 17)
"""Of the posts of a day."""
ODDS = (
    (0.08, ("hogwash", "hogwash", "Mrs Ali, hogwash")),
    (0.13, ("blast it",)),
    (0.16, ("a menace to you",)),
    (0.17, ("Ms Okafor groped somebody",)),
)
"""Up to which throw of the dice what is said."""
BAD_IN_THE_STORM = {0: "Mr Bevan, hogwash", 20: "a menace", 60: "menace to all", 170: "menace"}
NOBODY_ANSWERS = frozenset({"menace", "groped"})


class World:
    """What people write, and what the school answers: `items` by page, each with the moment from which it is there.

    `storm`: the ids of the comments that come in one night.
    """

    def __init__(self, seed, crowd):
        self._dice = Random(seed)
        self.items = defaultdict(list)
        self.posts = {page: [_post(page, day, hour) for day in range(14) for hour in HOURS] for page in PAGES}
        self.storm = {f"storm-{n}" for n in range(crowd)}
        for day in range(14):
            for n in range(15):
                self._one_of_a_day(day, n)
        for n in range(crowd):
            self._one_of_the_storm(n, crowd)
        for page in self.items:
            self.items[page].sort(key=lambda each: each[0])

    def _one_of_a_day(self, day, n):
        dice = self._dice
        hour = dice.choice((*range(24), *range(7, 23), *range(15, 23)))
        said = Said(dice.choice(("facebook", "facebook", "nursery")), day, HOURS[n % 3], f"c{day}-{n}")
        at, chance = local(day, hour, dice.randrange(60)), dice.random()
        kind = next((words for most, words in ODDS if chance < most), ("When does it begin?",))
        wait = dice.choice((HOUR / 3, HOUR, 3 * HOUR, 8 * HOUR, 20 * HOUR, 30 * HOUR, None))
        answered = at + wait if wait else None
        if answered and not 8 <= answered.astimezone(LONDON).hour < 20:
            answered += 10 * HOUR
        self._say(said, at, dice.choice(kind), answered)

    def _one_of_the_storm(self, n, crowd):
        """Half of them come in the first hour, the rest until morning; five in six are answered before noon."""
        length = STORM_ENDS - STORM_BEGINS
        share = self._dice.random() * (HOUR / length) if n < crowd // 2 else self._dice.random() ** 2
        share *= n > 0
        at = (STORM_BEGINS + share * length).replace(microsecond=0)
        words = BAD_IN_THE_STORM.get(n, "hogwash" if n % 40 == 7 else "I agree")
        self._say(Said("facebook", 1, 17, f"storm-{n}"), at, words, local(2, 11, n % 50) if n % 6 else None)

    def _say(self, said, at, words, answered):
        self.items[said.page].append((at, said.item(words, at)))
        if answered and not NOBODY_ANSWERS.intersection(words.split()):
            self.items[said.page].append((answered, said.answer(answered)))


@dataclass(frozen=True)
class Said:
    """One comment under the post of one hour of one day."""

    page: str
    day: int
    hour: int
    name: str

    def item(self, words, at):
        """It, as a connector hands it over."""
        return FetchedItem(
            remote_id=self.name,
            kind=ItemKind.COMMENT,
            text=words,
            created_at=at,
            post_remote_id=f"{self.page}-{self.day}-{self.hour}",
            author_id=f"88-{self.name}",
            author_name="Somebody",
            raw={"id": self.name, "message": words},
        )

    def answer(self, at):
        """What the school says under it."""
        return FetchedItem(
            remote_id=f"re-{self.name}",
            kind=ItemKind.REPLY,
            text="Thank you.",
            created_at=at,
            post_remote_id=f"{self.page}-{self.day}-{self.hour}",
            parent_remote_id=self.name,
            author_id=OWN_IDS[self.page],
            author_name="Oakfield",
            raw={"id": f"re-{self.name}"},
        )


def _post(page, day, hour):
    return FetchedPost(f"{page}-{day}-{hour}", "News", local(day, hour) - DAY, "")
