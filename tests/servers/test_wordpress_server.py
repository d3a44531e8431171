"""A real WordPress site read by the real connector, through the real collector into a real store.

`make test-servers` installs it. The stand-in is asked what the real site is asked, about the same story.
"""

import re
from datetime import datetime, timedelta

import pytest
from office import Office
from wordpress_site import missing, running

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed
from connectors.transport import NetworkSession
from connectors.wordpress import WordPress
from monitor.clock import SetClock, system_clock
from monitor.demo.wordpress_server import WordPressStandIn
from monitor.demo.world import Author, StoryMessage, StoryPost, World

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MANY = 130
DAY_BEFORE = system_clock().replace(microsecond=0) - timedelta(days=1)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running(tmp_path_factory.mktemp("site")) as site:
        yield site


def connector(site, clock, password=None):
    password = password or site.password
    session = NetworkSession(now=clock, secrets=(password,))
    return WordPress(session=session, now=clock, site=site.url, username="school", application_password=password)


def at(n):
    return {"date_gmt": (DAY_BEFORE + n * MINUTE).strftime("%Y-%m-%dT%H:%M:%S")}


class Told:
    """What happens on the site, and the numbers of what was written."""

    def __init__(self, site):
        self.site = site
        site.delete("1", for_good=True)  # the one WordPress brings along
        self.post = site.post("Sports day")
        self.asked = site.visitor(self.post, "When is it? Fish & chips <3", **at(1))
        self.answer = site.reply(self.post, "On Friday.", self.asked)
        self.thanks = site.visitor(self.post, "Thank you!", parent=int(self.answer), **at(3))
        self.held = site.visitor(self.post, "Buy my watches", status="hold", **at(4))
        self.released = site.visitor(self.post, "May I ask?", status="hold", **at(5))
        self.edited = site.visitor(self.post, "See yuo there", **at(6))
        self.binned = site.visitor(self.post, "oops", **at(7))
        self.parent = site.visitor(self.post, "Is there parking?", **at(8))
        self.child = site.visitor(self.post, "I hope so", parent=int(self.parent), **at(9))
        self.fake = site.visitor(self.post, "It is cancelled.", name="Oakfield School", **at(10))
        self.many = site.post("Open evening")
        self.crowd = [site.visitor(self.many, f"Number {n}", **at(20 + n)) for n in range(MANY)]

    def goes_on(self):
        """The second half of the story."""
        self.site.change(self.released, status="approved")
        self.site.change(self.edited, content="See you there")
        self.site.delete(self.binned)
        self.site.delete(self.parent, for_good=True)
        self.site.by_form(self.post, "Through the form", "Sam")


@pytest.fixture(scope="module")
def told(site):
    return Told(site)


@pytest.fixture(scope="module")
def books(site, told, tmp_path_factory):
    """What ended up in the store: read, then changed on the site, then read again until all is settled."""
    folder = tmp_path_factory.mktemp("books")
    office = Office(folder, "wordpress", lambda: connector(site, office.clock), system_clock())
    results = [office.poll()]
    told.before = office.export()
    told.goes_on()
    results += [office.poll() for _ in range(3)]
    told.failures = [failure for result in results for failure in result.failures]
    yield office
    office.close()


def test_nothing_failed(books, told):
    assert told.failures == []


def test_every_comment_of_every_page_is_kept(books, told):
    assert set(told.crowd) <= books.export().keys()
    assert len(told.before) == MANY + 10


def test_words_and_times_are_the_visitors_own(books, told):
    asked = books.export()[told.asked]
    assert asked["text"] == "When is it? Fish & chips <3"
    assert asked["created_at"] == (DAY_BEFORE + MINUTE).isoformat().replace("+00:00", "Z")


def test_the_schools_answer_is_known_by_its_user_and_a_visitor_of_its_name_is_not(books, told):
    export = books.export()
    assert (export[told.answer]["is_own"], export[told.answer]["parent_id"]) == (True, told.asked)
    assert export[told.asked]["answered_at"] == export[told.answer]["created_at"]
    assert (export[told.fake]["is_own"], export[told.fake]["author_id"]) == (False, None)


def test_held_released_and_edited(books, told):
    export = books.export()
    assert (told.before[told.held]["state"], export[told.held]["state"]) == ("held", "held")
    assert (told.before[told.released]["state"], export[told.released]["state"]) == ("held", "visible")
    assert (told.before[told.edited]["text"], export[told.edited]["text"]) == ("See yuo there", "See you there")


def test_the_bin_and_a_deletion_are_gone_and_a_child_keeps_its_first_parent(books, told):
    export = books.export()
    assert (export[told.binned]["state"], export[told.parent]["state"]) == ("gone", "gone")
    assert export[told.binned]["text"] == "oops"
    assert (export[told.child]["state"], export[told.child]["parent_id"]) == ("visible", told.parent)


def test_a_true_visitor_comes_through_the_form(books):
    assert any(line["text"] == "Through the form" for line in books.export().values())


def test_an_unchanged_site_is_read_with_two_calls(books, site):
    before = len(books.reads())
    books.poll()
    assert sum(read.calls for read in books.reads()[before:] if read.stream != "verify") <= 2


def test_who_signs_in_is_known_and_a_wrong_password_needs_a_person(site):
    clock = SetClock(system_clock())
    state = connector(site, clock).check()
    assert (state.own_ids, state.display_name, state.notes) == (frozenset({"1"}), "Oakfield School", ())
    with pytest.raises(AuthFailed):
        connector(site, clock, "not the password").check()


def test_what_is_there_and_what_is_not_is_told_apart(books, told, site):
    clock = SetClock(system_clock())
    asked = [told.asked, told.held, told.binned, told.parent, "99999"]
    verdicts = connector(site, clock).verify(asked, Budget(100, clock()))
    gone, there = Verdict.GONE, Verdict.PRESENT
    assert verdicts == dict(zip(asked, (there, there, gone, gone, gone), strict=True))


def as_stand_in(told):
    """The same story on the stand-in."""
    us, jo = Author("1", "school"), Author("a visitor", "Jo Parent")
    number = {"post": f"post-{told.post}", "many": f"post-{told.many}"}
    posts = [
        StoryPost(number["post"], "Sports day", DAY_BEFORE),
        StoryPost(number["many"], "Open evening", DAY_BEFORE),
    ]
    lines = told.before

    def message(each, author=jo, post="post", **more):
        moment = datetime.fromisoformat(lines[each]["created_at"])
        return StoryMessage(each, author, lines[each]["text"], moment, number[post], lines[each]["parent_id"], **more)

    forever = system_clock() + timedelta(days=99)
    messages = [
        *(message(each) for each in (told.asked, told.thanks, told.edited, told.binned, told.parent, told.child)),
        message(told.answer, us),
        message(told.fake, Author("another visitor", "Oakfield School")),
        message(told.held, held_until=forever),
        message(told.released, held_until=forever),
        *(message(each, post="many") for each in told.crowd),
    ]
    return World(us, posts, messages)


def test_the_stand_in_gives_what_the_real_site_gave(books, told, site):
    world, clock = as_stand_in(told), SetClock(system_clock())
    with WordPressStandIn(world, clock, "school", site.password) as stand_in:
        batches = list(connector(stand_in, clock, site.password).fetch("comments", None, Budget(100, clock())))
    shown = {item.remote_id: item for batch in batches for item in batch.items}
    assert shown.keys() == told.before.keys()
    for remote_id, line in told.before.items():
        item = shown[remote_id]
        assert (item.text, item.author_id, item.parent_remote_id) == (
            line["text"],
            line["author_id"],
            line["parent_id"],
        )
        assert item.shown.value == line["state"]


FIELDS = {"id", "post", "parent", "author", "author_name", "date_gmt", "content", "link", "status", "type"}


def test_the_stand_in_words_its_answers_as_the_real_site_does(told, site):
    world, clock = as_stand_in(told), SetClock(system_clock())
    asked = [
        f"/wp-json/wp/v2/comments?include={told.asked}&_fields={','.join(sorted(FIELDS))}",
        "/wp-json/wp/v2/comments/99999",
        "/wp-json/wp/v2/comments?status=hold&context=edit",
        "/wp-json/wp/v2/comments?per_page=101",
        "/wp-json/wp/v2/comments?page=99&per_page=100",
        "/wp-json/wp/v2/nothing",
    ]
    with WordPressStandIn(world, clock, "school", site.password) as stand_in:
        session = NetworkSession(now=clock)
        for path in asked:
            real, ours = session.get(site.url + path), session.get(stand_in.url + path)
            assert ours.status_code == real.status_code, path
            real_json, our_json = real.json(), ours.json()
            assert type(our_json) is type(real_json), path
            if isinstance(real_json, dict):
                assert our_json["code"] == real_json["code"], path
            elif real_json:
                assert our_json[0].keys() == real_json[0].keys(), path


def test_where_the_interface_is_switched_off_the_feed_is_read_under_the_same_numbers(told, site, tmp_path):
    site.switch_rest_off()
    try:
        clock = SetClock(system_clock())
        state = connector(site, clock).check()
        batches = list(connector(site, clock).fetch("comments", None, Budget(100, clock())))
    finally:
        site.switch_rest_on()
    items = [item for batch in batches for item in batch.items]
    assert "feed" in state.notes[0]
    assert len(items) == 10
    assert all(re.fullmatch(r"[0-9]+", item.remote_id) for item in items)
