"""What is said to a Facebook page outside its own posts, what a quiet day costs, and what is told of the limits."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from harness import NOW
from harness_facebook import HARNESS, PARENTS, POST, QUIET_POST, SCHOOL, TOKEN, comment
from reading import read

from connectors.base import Verdict
from connectors.budget import Budget, Usage
from connectors.errors import AllowanceLow
from connectors.fetched import Exchange, ItemKind, Shown
from connectors.graph import usage_of
from monitor.demo.graph_answers import graph_error
from monitor.demo.graph_server import GraphStandIn
from monitor.demo.server import json_response
from monitor.demo.world import StoryMessage, World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = timedelta(minutes=15)


def page(world=None, now=lambda: NOW, fault=None, **streams):
    return GraphStandIn(world or World(SCHOOL, [QUIET_POST]), now, TOKEN, fault, **streams)


def items_of(stand_in, stream, now=lambda: NOW, cursor=None):
    connector = HARNESS.connector(stand_in, now, read_messages=True)
    batches = list(connector.fetch(stream, cursor, Budget(1000, NOW + QUARTER)))
    assert batches[-1].complete
    return {item.remote_id: item for batch in batches for item in batch.items}, batches


def tag(n, author, text="Thank you @Oakfield", at=NOW - DAY):
    return StoryMessage(f"88{n:04}_{n}", author, text, at)


def test_a_post_elsewhere_that_tags_the_page_is_a_mention_even_when_nobody_signed_it():
    tags = [tag(1, PARENTS[0]), tag(2, None)]
    with page(tagged=tags) as stand_in:
        items, _ = items_of(stand_in, "tagged")
    assert items.keys() == {each.id for each in tags}
    assert {item.kind for item in items.values()} == {ItemKind.MENTION}
    assert items[tags[1].id].author_id is None


def test_what_the_school_says_under_a_post_that_tags_it_answers_that_post():
    tagged = tag(1, PARENTS[0])
    answer = StoryMessage("1_500", SCHOOL, "Thank you!", NOW - HOUR, post_id=tagged.id)
    with page(World(SCHOOL, [QUIET_POST], [answer]), tagged=[tagged]) as stand_in:
        items, _ = items_of(stand_in, "tagged")
    assert (items["1_500"].parent_remote_id, items["1_500"].author_id) == (tagged.id, SCHOOL.id)


def test_comments_that_are_kept_from_us_elsewhere_do_not_end_the_list():
    tags = [tag(1, PARENTS[0], at=NOW - HOUR), tag(2, PARENTS[1], at=NOW - DAY)]
    many = [StoryMessage(f"1_{n}", PARENTS[2], "Hear, hear", NOW - HOUR, post_id=tags[0].id) for n in range(100, 140)]

    def refuse(request, _):
        return graph_error(10, "x", status=403) if request.path.endswith(f"{tags[0].id}/comments") else None

    with page(World(SCHOOL, [QUIET_POST], many), tagged=tags, fault=refuse) as stand_in:
        items, _ = items_of(stand_in, "tagged")
    assert {each.id for each in tags} < items.keys()


def test_a_recommendation_is_a_review_with_or_without_words():
    with_words = StoryMessage("70001", PARENTS[0], "A lovely school", NOW - DAY)
    without = StoryMessage("70002", PARENTS[1], "", NOW - 2 * DAY)
    nobody = StoryMessage("70003", None, "Too far", NOW - 3 * DAY)
    answer = StoryMessage("70001_9", SCHOOL, "Thank you!", NOW - HOUR, post_id="70001")
    with page(World(SCHOOL, [QUIET_POST], [answer]), ratings=[with_words, without, nobody]) as stand_in:
        items, _ = items_of(stand_in, "ratings")
    assert {item.remote_id for item in items.values() if item.kind is ItemKind.REVIEW} == {"70001", "70002", "70003"}
    assert (items["70002"].text, items["70003"].author_id) == ("", None)
    assert (items["70001_9"].author_id, items["70001_9"].parent_remote_id) == (SCHOOL.id, "70001")


def test_more_comments_under_a_rating_than_come_with_it_are_all_read():
    rating = StoryMessage("70001", PARENTS[0], "A lovely school", NOW - DAY)
    many = [StoryMessage(f"70001_{n}", PARENTS[2], "Yes", NOW - HOUR, post_id=rating.id) for n in range(100, 190)]
    with page(World(SCHOOL, [QUIET_POST], many), ratings=[rating]) as stand_in:
        items, _ = items_of(stand_in, "ratings")
    assert len(items) == 91


def message(n, author, at, talk="t_1", text="May I ring you?"):
    return StoryMessage(f"m_{talk}{n}", author, text, at, parent_id=talk)


def test_messages_are_read_only_where_that_was_asked_for():
    with page() as stand_in:
        assert "messages" not in HARNESS.connector(stand_in, lambda: NOW).capabilities.streams
        assert "messages" in HARNESS.connector(stand_in, lambda: NOW, read_messages=True).capabilities.streams


def test_every_message_of_a_long_conversation_arrives_and_a_reply_names_whom_it_answers():
    said = [message(n, PARENTS[0], NOW - DAY - n * HOUR) for n in range(70)]
    said.append(message(99, SCHOOL, NOW - HOUR, text="Of course"))
    said.append(message(1, PARENTS[1], NOW - 2 * DAY, talk="t_2"))
    with page(talks=said) as stand_in:
        items, _ = items_of(stand_in, "messages")
    assert items.keys() == {m.id for m in said}
    assert {item.kind for item in items.values()} == {ItemKind.MESSAGE}
    answer = items["m_t_199"]
    assert (answer.author_id, answer.parent_remote_id, answer.addressed_to) == (SCHOOL.id, "t_1", (PARENTS[0].id,))


def test_messages_cost_one_call_where_nothing_was_written():
    said = [message(n, PARENTS[0], NOW - DAY - n * HOUR) for n in range(70)]
    with page(talks=said) as stand_in:
        _, batches = items_of(stand_in, "messages")
        before = len(stand_in.requests)
        items_of(stand_in, "messages", lambda: NOW + QUARTER, batches[-1].next_cursor)
        assert len(stand_in.requests) - before == 1


def test_what_others_published_is_not_called_gone_because_it_is_kept_from_us_by_its_id():
    tagged, rating = tag(1, PARENTS[0]), StoryMessage("70001", PARENTS[0], "Lovely", NOW - DAY)
    gone = tag(3, PARENTS[0])
    missing = graph_error(100, "Unsupported get request", subcode=33)

    def refuse(request, _):
        return missing if request.query.get("ids") else None

    with page(tagged=[tagged], ratings=[rating], fault=refuse) as stand_in:
        verdicts = HARNESS.connector(stand_in, lambda: NOW).verify([tagged.id, rating.id, gone.id], Budget(99, NOW))
    assert verdicts == {tagged.id: Verdict.PRESENT, rating.id: Verdict.PRESENT, gone.id: Verdict.GONE}


class Days:
    """A page read every quarter of an hour, as the collector does."""

    def __init__(self, world, begin=NOW):
        self.at, self.cursors, self.last = begin, {}, {}
        self.stand_in = page(world, lambda: self.at)
        self.met, self.whole = {}, set()

    def poll(self):
        connector = HARNESS.connector(self.stand_in, lambda: self.at)
        self.met, self.whole = {}, set()
        for stream in connector.capabilities.streams:
            every = connector.capabilities.read_every.get(stream, timedelta(0))
            if stream in self.last and self.at - self.last[stream] < every - timedelta(minutes=1):
                continue
            for batch in connector.fetch(stream, self.cursors.get(stream), Budget(1000, NOW)):
                self.met |= {item.remote_id: item for item in batch.items}
                self.whole.update(batch.whole_threads)
                if batch.next_cursor is not None:
                    self.cursors[stream] = json.loads(json.dumps(batch.next_cursor))
            self.last[stream] = self.at
        self.at += QUARTER


def test_a_quiet_day_costs_less_than_two_hundred_calls():
    world = HARNESS.world()
    days = Days(world)
    with days.stand_in as stand_in:
        days.poll()
        before = len(stand_in.requests)
        for _ in range(96):
            days.poll()
    assert len(stand_in.requests) - before < 200


def test_a_deleted_comment_is_asked_about_as_soon_as_the_count_falls():
    at = NOW + 2 * HOUR
    old = comment(9300, "Oh dear", NOW - 10 * DAY, deleted_at=at)
    days = Days(replace(HARNESS.world(), messages=[*HARNESS.world().messages, old]))
    with days.stand_in:
        while days.at < at:
            days.poll()
        days.poll()
    assert POST.id in days.whole
    assert old.id not in days.met


def test_a_deleted_post_has_what_was_under_it_asked_about_within_the_hour():
    gone_at = NOW + 20 * timedelta(minutes=1)
    world = HARNESS.world()
    world.posts = [replace(post, deleted_at=gone_at) if post is POST else post for post in world.posts]
    days, asked = Days(world), set()
    with days.stand_in:
        days.poll()
        while days.at <= NOW + HOUR:
            days.poll()
            asked |= days.whole if days.at > gone_at + QUARTER else set()
    assert POST.id in asked


def test_a_page_that_can_no_longer_be_found_again_is_read_anew_and_nothing_is_missing():
    dead = graph_error(100, "The cursor no longer points at anything")
    world = HARNESS.world()
    everything = {m.id for m in world.messages if m.exists(NOW) and m.raw is None}
    with HARNESS.stand_in(world, lambda: NOW) as stand_in:
        stand_in.fault = lambda r, _: dead if r.path.endswith(f"{POST.id}/comments") and len(pages) == 1 else None
        pages = []
        stand_in.fault = lambda r, _: (
            pages.append(r) or (dead if len(pages) == 2 else None) if r.path.endswith(f"{POST.id}/comments") else None
        )
        first = read(HARNESS.connector(stand_in, lambda: NOW))
        second = read(HARNESS.connector(stand_in, lambda: NOW + QUARTER), first.cursors)
    assert first.error is None
    assert first.items.keys() < everything
    assert (first.items | second.items).keys() == everything


def test_what_the_school_hid_is_hidden_and_shown_again_when_it_is():
    said = comment(9301, "Buy this", NOW - DAY, hidden_at=NOW - HOUR, shown_again_at=NOW + HOUR)
    world = World(SCHOOL, [POST], [said])
    with page(world) as stand_in:
        hidden, _ = items_of(stand_in, "comments")
    with page(world, lambda: NOW + 2 * HOUR) as stand_in:
        shown, _ = items_of(stand_in, "comments", lambda: NOW + 2 * HOUR)
    assert (hidden[said.id].shown, shown[said.id].shown) == (Shown.HIDDEN, Shown.VISIBLE)


def answered(**headers):
    return Exchange("GET", "https://graph.facebook.com/", 200, headers, b"{}", NOW)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-App-Usage": '{"call_count": 28, "total_time": 81, "total_cputime": 3}'}, [("app", 0.81, HOUR)]),
        (
            {
                "x-business-use-case-usage": json.dumps(
                    {"1": [{"type": "pages", "call_count": 96, "estimated_time_to_regain_access": 17}]}
                )
            },
            [("page", 0.96, timedelta(minutes=17))],
        ),
        ({"X-App-Usage": "{", "X-Business-Use-Case-Usage": "[7]"}, []),
        ({"X-App-Usage": '{"call_count": true, "total_time": "81", "total_cputime": -1}'}, []),
        ({"X-App-Usage": f'{{"call_count": 1{"0" * 400}}}'}, [("app", 100.0, HOUR)]),
    ],
)
def test_the_headers_say_how_much_of_each_allowance_is_used(headers, expected):
    found = [(usage.name, usage.share, usage.resets_at - NOW) for usage in usage_of(answered(**headers), NOW)]
    assert found == expected


def test_a_run_ends_while_enough_of_the_allowance_is_left_for_looking_after_what_we_hold():
    nearly = json.dumps({"call_count": 76, "total_time": 1, "total_cputime": 1})

    def told(request, _):
        shown = json_response({"data": [], "paging": {"next": "https://graph.facebook.com/x?after=abc"}})
        return replace(shown, headers={**shown.headers, "X-App-Usage": nearly})

    budget = Budget(100, NOW + QUARTER)
    with page(fault=told) as stand_in:
        with pytest.raises(AllowanceLow):
            list(HARNESS.connector(stand_in, lambda: NOW).fetch("comments", None, budget))
        assert len(stand_in.requests) == 1
    assert budget.usage["app"] == Usage("app", 0.76, NOW + HOUR)


def test_what_is_told_of_the_token_is_passed_on():
    ends = NOW + 9 * DAY

    def told(request, _):
        if not request.path.endswith("/debug_token"):
            return None
        assert request.query["input_token"] == TOKEN
        data = {
            "is_valid": True,
            "expires_at": 0,
            "data_access_expires_at": int(ends.timestamp()),
            "scopes": ["a", 7],
        }
        return json_response({"data": data})

    with page(fault=told) as stand_in:
        state = HARNESS.connector(stand_in, lambda: NOW).check()
    assert (state.expires_at, state.scopes, state.api_version, state.notes) == (ends, ("a",), "v26.0", ())
