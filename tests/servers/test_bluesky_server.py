"""A real Bluesky network read by the real connector, through the real collector into a real store.

`make test-servers` installs the network. The stand-in is asked what the real network is asked, about the same story.
"""

from datetime import timedelta

import pytest
from bluesky_network import missing, running
from bluesky_story import FAKE, JO, LONG_AGO, SAM, SCHOOL, Story
from busy_fortnight import truth
from office import Office

from connectors.base import Verdict
from connectors.bluesky import Bluesky
from connectors.bluesky_server import SignIns
from connectors.budget import Budget
from connectors.errors import AuthFailed
from connectors.fetched import Shown
from connectors.transport import NetworkSession
from monitor.clock import SetClock, system_clock
from monitor.demo.bluesky_server import BlueskyStandIn

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
DEEP = 7
"""Replies to replies; only of the upper ones anybody is notified."""


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    with running(tmp_path_factory.mktemp("network")) as network:
        yield network


@pytest.fixture(scope="module")
def story(network):
    """Two posts of the school and what is said under them, before anything is deleted or hidden."""
    story = Story(network)
    fair, gates = story.post("Our autumn fair is on Friday."), story.post("The gates open at half past eight.")
    asked = story.says(JO, "When does it begin?", fair)
    answered = story.says(SCHOOL, "At two o'clock.", asked)
    story.says(JO, "Thank you!", answered)
    story.leaf = story.says(SAM, "oops, wrong school", fair)
    story.middle = story.says(SAM, "Is there parking?", fair)
    below = story.says(SCHOOL, "Yes, behind the hall.", story.middle)
    story.orphans = [below, story.says(JO, "Good.", below)]
    story.says(FAKE, "It is cancelled.", fair)
    story.says(SAM, "dated back", fair, at=LONG_AGO)
    story.rude = story.says(SAM, "Buy my watches", gates)
    mention = story.says(JO, f"\U0001f442🏽 hello @{SCHOOL}, nobody answers the phone", None)
    story.says(SCHOOL, "Sorry! Please try again.", mention)
    onto = gates
    for n in range(DEEP):
        onto = story.says((JO, SAM)[n % 2], f"level {n + 1}", onto)
    return story


@pytest.fixture(scope="module")
def books(story, tmp_path_factory):
    """What ended up in the store: read, then two replies deleted and one hidden, read again, and once more."""
    sign_ins = SignIns()
    office = Office(
        tmp_path_factory.mktemp("books"),
        "bluesky",
        lambda: connector(story, office.clock, story.network.url, sign_ins),
        system_clock(),
    )
    failures = list(office.poll().failures)
    story.first = office.export()
    story.deletes(story.leaf)
    story.deletes(story.middle)
    story.hides(story.rude)
    office.clock.at = system_clock() + timedelta(hours=5)
    for _ in range(3):  # a deletion wants a second look
        failures += office.poll().failures
    assert failures == []
    yield office
    office.close()


def connector(story, clock, url, sign_ins=None, password=None):
    password = password or story.app_password
    session = NetworkSession(now=clock, secrets=(password,))
    return Bluesky(session=session, now=clock, handle=SCHOOL, app_password=password, api_url=url, sign_ins=sign_ins)


def stand_in(story):
    return BlueskyStandIn(story.world, system_clock, story.app_password)


def test_everything_that_was_said_is_kept_the_first_time_it_is_read(story, books):
    assert story.first.keys() == {message.id for message in story.world.messages}
    assert {line["state"] for line in story.first.values()} == {"visible"}


def test_after_deletions_and_a_hiding_the_export_is_what_the_network_showed(story, books):
    shown = truth(story.world, system_clock(), "bluesky")
    assert books.export() == shown
    assert {key for key, line in shown.items() if line["state"] == "gone"} == {story.leaf.id, story.middle.id}
    assert {key for key, line in shown.items() if line["state"] == "hidden"} == {story.rude.id}


def test_what_dropped_out_of_its_thread_with_a_deleted_reply_is_not_called_gone(story, books):
    stored = books.export()
    thread = story.ask("app.bsky.feed.getPostThread", uri=story.middle.post_id, depth=100)
    assert not {each.id for each in story.orphans} & set(addresses(thread["thread"]))
    assert {stored[each.id]["state"] for each in story.orphans} == {"visible"}
    assert [stored[each.id]["is_own"] for each in story.orphans] == [True, False]


def test_the_school_is_known_by_its_id_and_not_by_its_name(story, books):
    stored = books.export()
    own = {message.id for message in story.world.messages if message.author.handle == SCHOOL}
    assert {key for key, line in stored.items() if line["is_own"]} == own


def test_a_reply_dated_back_is_met_though_no_notification_is_recent(story, books):
    (line,) = (line for line in books.export().values() if line["text"] == "dated back")
    assert line["created_at"] == "2019-05-01T10:00:00Z"


def test_check_says_who_we_are_and_that_the_password_may_do_less_than_everything(story):
    state = connector(story, system_clock, story.network.url).check()
    assert state.own_ids == {story.people[SCHOOL].author.id}
    assert (state.display_name, state.scopes) == (SCHOOL, ("com.atproto.appPass",))
    assert state.notes == ("Direct messages to this account are not watched",)


def test_a_wrong_app_password_needs_a_person(story):
    with pytest.raises(AuthFailed, match="make a new app password"):
        connector(story, system_clock, story.network.url, password="not the password").check()


def test_deleted_and_unknown_posts_are_told_apart(story, books):
    there = [each.id for each in story.orphans]
    never = f"at://{story.people[JO].author.id}/app.bsky.feed.post/3never2222222"
    said = connector(story, system_clock, story.network.url).verify(
        [*there, story.leaf.id, never, "nonsense"], Budget(100, system_clock())
    )
    present, gone = Verdict.PRESENT, Verdict.GONE
    assert said == {
        there[0]: present,
        there[1]: present,
        story.leaf.id: gone,
        never: gone,
        "nonsense": Verdict.UNKNOWN,
    }


def test_the_stand_in_shows_the_same_threads(story, books):
    questions = [post.id for post in story.world.posts] + [each.id for each in story.orphans]
    with stand_in(story) as imitation:
        for uri in questions:
            for depth in (1, 3, 100):
                asked = {"uri": uri, "depth": depth}
                real = story.ask("app.bsky.feed.getPostThread", **asked)
                shown = imitated(imitation, story, "app.bsky.feed.getPostThread", **asked)
                assert outline(shown["thread"]) == outline(real["thread"])
                assert hidden(shown) == hidden(real)


def test_the_stand_in_notifies_of_the_same_things(story, books):
    asked = {"limit": 100, "reasons": ["reply", "mention", "quote"]}
    with stand_in(story) as imitation:
        shown = imitated(imitation, story, "app.bsky.notification.listNotifications", **asked)
    real = story.ask("app.bsky.notification.listNotifications", **asked)
    assert told(shown) == told(real)
    assert shown.keys() <= real.keys()


def test_the_stand_in_lists_the_same_own_posts_and_finds_the_same_by_address(story, books):
    school, every = story.people[SCHOOL].author.id, [message.id for message in story.world.messages]
    own = {"actor": school, "limit": 100, "filter": "posts_with_replies"}
    with stand_in(story) as imitation:
        for asked in (own, own | {"filter": "posts_no_replies"}):
            shown = imitated(imitation, story, "app.bsky.feed.getAuthorFeed", **asked)
            real = story.ask("app.bsky.feed.getAuthorFeed", **asked)
            assert [summary(row["post"]) for row in shown["feed"]] == [summary(row["post"]) for row in real["feed"]]
        shown = imitated(imitation, story, "app.bsky.feed.getPosts", uris=every[:25])
    real = story.ask("app.bsky.feed.getPosts", uris=every[:25])
    assert {post["uri"] for post in shown["posts"]} == {post["uri"] for post in real["posts"]}


def test_the_stand_in_refuses_in_the_same_words(story, books):
    asked = (
        ("app.bsky.feed.getPosts", {"uris": [story.leaf.id] * 26}),
        ("app.bsky.feed.getPostThread", {"uri": story.leaf.id}),
    )
    with stand_in(story) as imitation:
        for method, query in asked:
            theirs, ours = (refused(url, story, method, query) for url in (story.network.url, imitation.url))
            assert ours == theirs


def test_the_connector_reads_the_same_from_both(story, books):
    with stand_in(story) as imitation:
        ours, theirs = (everything(story, url) for url in (imitation.url, story.network.url))
    assert ours == theirs


def everything(story, url):
    """What one run reads, as far as both networks can agree on it."""
    clock, found = SetClock(system_clock()), {}
    reader = connector(story, clock, url)
    for stream in reader.capabilities.streams:
        for batch in reader.fetch(stream, None, Budget(100, clock())):
            for item in batch.items:
                found[item.remote_id] = (
                    item.kind, item.text, item.created_at, item.post_remote_id, item.parent_remote_id,
                    item.author_id, item.author_name, item.shown is Shown.HIDDEN, item.addressed_to,
                )  # fmt: skip
    return found


def imitated(imitation, story, method, **asked):
    return type(story.network)(imitation.url).call(method, token_at(imitation.url, story), **asked)


def token_at(url, story):
    network = type(story.network)(url)
    made = network.do("com.atproto.server.createSession", identifier=SCHOOL, password=story.app_password)
    return made["accessJwt"]


def refused(url, story, method, query):
    import requests

    headers = {"Authorization": f"Bearer {token_at(url, story)}"}
    answer = requests.get(f"{url}/xrpc/{method}", params=query, headers=headers, timeout=30)
    return answer.status_code, answer.json()


def summary(post):
    return post["uri"], post["record"]["text"], post["record"].get("reply", {}).get("parent", {}).get("uri")


def outline(node):
    """A thread as nested lists: addresses, counts, and whether what is below was cut off."""
    below = node.get("replies")
    deeper = None if below is None else sorted(outline(each) for each in below)
    return [node["$type"], node["post"]["uri"], node["post"]["replyCount"], deeper]


def addresses(node):
    yield node["post"]["uri"]
    for below in node.get("replies", ()):
        yield from addresses(below)


def hidden(answer):
    return answer.get("threadgate", {}).get("record", {}).get("hiddenReplies")


def told(answer):
    rows = answer["notifications"]
    return {(row["uri"], row["reason"], row["record"]["text"], row["author"]["did"]) for row in rows}
