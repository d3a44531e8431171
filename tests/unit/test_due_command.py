"""`school-monitor due`: the answers other programs get, and how bad input is refused."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.commands.due import answer_lines
from monitor.commands.lines import LONGEST_LINE

SATURDAY = {"case": "sat", "received_at": "2026-06-13T08:00:00Z", "timezone": "Europe/London", "policy": {}}
WEDNESDAY = {**SATURDAY, "case": "wed", "received_at": "2026-06-10T07:15:00Z"}


def due(*lines):
    """Exit status and answers for these lines, each an object or raw bytes."""
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    out = io.StringIO()
    status = answer_lines(io.BytesIO(b"\n".join(raw)), out)
    return status, [json.loads(answer) for answer in out.getvalue().splitlines()]


def answer(line, **more):
    status, [found] = due({**line, **more})
    assert status == 0, found
    return found


def refusal(line, **more):
    status, [found] = due({**line, **more} if isinstance(line, dict) else line)
    assert status == 1
    assert set(found) == {"case", "error"}
    assert "\n" not in found["error"]
    assert len(found["error"]) < 400
    return found["error"]


def test_an_answer_has_its_four_keys_in_order():
    found = answer(SATURDAY)
    assert list(found) == ["case", "due_at", "state", "steps"]
    assert (found["case"], found["due_at"], found["state"]) == ("sat", "2026-06-15T22:59:59Z", None)
    assert found["steps"][0] == "received Sat 13 Jun 2026 09:00 Europe/London: at a weekend"
    assert found["steps"][-1] == "due Mon 15 Jun 2026 23:59:59 Europe/London (2026-06-15T22:59:59Z)"


def test_answers_come_in_the_order_of_the_lines_and_blank_lines_ask_nothing():
    status, answers = due(SATURDAY, b"", b"  \t", WEDNESDAY, b"")
    assert status == 0
    assert [each["case"] for each in answers] == ["sat", "wed"]


def test_a_bad_line_is_answered_in_its_place_and_the_rest_goes_on():
    status, answers = due(SATURDAY, b"{", {**WEDNESDAY, "timezone": "Nowhere"}, WEDNESDAY)
    assert status == 1
    assert [list(each)[1] for each in answers] == ["due_at", "error", "error", "due_at"]
    assert [each["case"] for each in answers] == ["sat", None, "wed", "wed"]


def test_no_reply_owed_is_a_due_at_of_null():
    facts = {"tags": ["thanks"], "now": "2026-06-10T08:00:00Z"}
    found = answer(WEDNESDAY, policy={"no_reply_needed": ["thanks"]}, facts=facts)
    assert (found["due_at"], found["state"], found["steps"][-1]) == (None, "no_reply_needed", "no reply is owed")


def test_every_fact_of_the_contract_is_understood():
    moment = "2026-06-10T09:00:00+01:00"
    facts = dict.fromkeys(("now", "last_read_at", "first_seen_at", "edited_at", "last_seen_at", "gone_at"), moment)
    facts |= {
        "replies": [{"at": moment, "by": "school", "kind": "reply", "gone_at": moment}],
        "actions": [{"at": moment, "action": "hide", "note": "insult"}, {"at": moment, "action": "block"}],
        "tags": ["emoji_only", "question"],
        "thread": [{"at": moment, "by": "parent"}],
        "outages": [[moment, moment]],
    }
    assert answer(WEDNESDAY, facts=facts)["state"] == "withdrawn"


def test_the_state_and_the_fact_that_made_it_are_told():
    facts = {"now": "2026-06-12T06:00:00Z", "last_read_at": "2026-06-12T06:00:00Z"}
    facts["replies"] = [{"at": "2026-06-10T08:00:00Z", "by": "staff_personal", "kind": "reply"}]
    found = answer(WEDNESDAY, facts=facts)
    assert found["state"] == "overdue"
    assert found["steps"][-2].startswith("overdue: ")
    assert "a personal account of staff" in found["steps"][-2]


def test_a_missing_optional_fact_may_be_null():
    nothing = {"now": None, "last_read_at": None, "replies": None, "tags": None, "outages": None}
    assert answer(WEDNESDAY, facts=nothing) == answer(WEDNESDAY) == answer(WEDNESDAY, facts=None)


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-10T07:15:00Z",
        "2026-06-10T08:15:00+01:00",
        "2026-06-10t07:15:00z",
        "2026-06-10 07:15Z",
        "2026-06-10T07:15:00.9999999999Z",
        "2026-06-10T07:15:00+0000",
        "20260610T071500Z",
    ],
)
def test_times_are_read_however_iso_8601_writes_them(written):
    assert answer(WEDNESDAY, received_at=written)["due_at"] == "2026-06-11T07:15:00Z"


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-10T07:15:00",
        "2026-06-10",
        "yesterday",
        "",
        "2026-02-30T00:00:00Z",
        "2026-06-10T24:00:00Z",
        "2026-06-10T07:15:60Z",
        "2026-06-10T07:15:00+25:00",
        1781274600,
        None,
        ["2026-06-10T07:15:00Z"],
    ],
)
def test_a_time_without_an_offset_or_that_is_none_is_refused(written):
    assert "received_at is " in refusal(WEDNESDAY, received_at=written)
    assert "accepted: a date and time with its offset" in refusal(WEDNESDAY, received_at=written)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"timezone": "Europe/Londn"}, "timezone is 'Europe/Londn'; accepted: an IANA name"),
        ({"timezone": None}, "timezone is null; accepted: text"),
        ({"case": 5}, "case is 5; accepted: text"),
        ({"policy": None}, "policy is null; accepted: an object"),
        ({"polcy": {}}, 'polcy is not a known key; did you mean "policy"?'),
        ({"policy": {"regoin": "ENG"}}, 'policy.regoin is not a known key; did you mean "region"?'),
        ({"policy": {"region": "GB"}}, "policy.region is \"GB\"; accepted: 'ENG', 'WLS', 'SCT' or 'NIR'"),
        ({"policy": {"hours": "24"}}, 'policy.hours is "24"; accepted: a number'),
        ({"policy": {"hours": 0}}, "policy.hours is 0; accepted: greater than 0"),
        ({"policy": {"like_counts": 1}}, "policy.like_counts is 1; accepted: true or false"),
        ({"policy": {"weekend": [6, 8]}}, "policy.weekend is a list of 2; weekend lists ISO days"),
        ({"policy": {"weekend": [1, 2, 3, 4, 5, 6, 7]}}, "no working day in the 400 days"),
        ({"policy": {"closures": [["2026-05-29", "2026-05-25"]]}}, "a closure ends before it begins"),
        ({"policy": {"closures": [["2026-05-29"]]}}, "policy.closures[0][1] is missing"),
        ({"policy": {"next_day_due": "24:00"}}, 'policy.next_day_due is "24:00"; a time of day is written HH:MM'),
        ({"policy": {"clock_start": "first_seen"}}, "first_seen_at is missing"),
        ({"facts": []}, "facts is a list of 0; accepted: an object"),
        ({"facts": {"nwo": "2026-06-10T08:00:00Z"}}, 'facts.nwo is not a known key; did you mean "now"?'),
        ({"facts": {"now": "2026-06-20T08:00:00Z"}}, "last_read_at is missing"),
        ({"facts": {"tags": ["rude"]}}, 'facts.tags[0] is "rude"; accepted: '),
        (
            {"facts": {"replies": [{"at": "2026-06-10T08:00:00Z", "by": "school"}]}},
            "facts.replies[0].kind is missing",
        ),
        ({"facts": {"replies": [{"by": "head"}]}}, "facts.replies[0].at is missing"),
        ({"facts": {"outages": [["2026-06-10T08:00:00Z", "2026-06-10T07:00:00Z"]]}}, "the earlier one first"),
    ],
)
def test_a_refusal_names_the_key_what_was_found_and_what_is_accepted(more, says):
    assert says in refusal(SATURDAY, **more)


def test_every_key_of_a_line_but_facts_is_required():
    for key in SATURDAY:
        assert f"{key} is missing" in refusal({k: v for k, v in SATURDAY.items() if k != key})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "the line is not JSON"),
        (b"[]", "accepted: an object"),
        (b"null", "accepted: an object"),
        (b"\xff\xfe{}", "not UTF-8 text"),
        (b'{"case": "a", "case": "b"}', "the key case appears twice"),
        (b'{"facts": {"now": 1, "now": 2}}', "the key now appears twice"),
        (b'{"case": NaN}', "the line holds NaN"),
        (b'{"case": ' + b"9" * 5000 + b"}", "a number of 5000 digits"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"case": "' + b"a" * (3 * LONGEST_LINE) + b'"}', "longer than 1048576 bytes"),
    ],
    ids=["cut", "list", "null", "bytes", "twice", "twice inside", "NaN", "long number", "deep", "long line"],
)
def test_a_hostile_line_gets_a_sentence_and_never_a_traceback(line, says):
    assert says in refusal(line)
    assert [list(each)[1] for each in due(line, SATURDAY)[1]] == ["error", "due_at"]


def test_a_hostile_value_is_shown_only_in_part():
    shown = refusal(SATURDAY, policy={"clock": "wall\n" * 1000})
    assert "accepted: 'elapsed' or 'wall'" in shown


def test_a_broken_emoji_and_a_byte_order_mark_do_no_harm():
    assert answer(SATURDAY, case="\ud83d")["case"] == "\ud83d"
    status, [found] = due(b"\xef\xbb\xbf" + json.dumps(SATURDAY).encode())
    assert (status, found["case"]) == (0, "sat")


def test_each_line_is_answered_before_the_next_one_is_asked():
    talk = subprocess.Popen([sys.executable, "-m", "monitor", "due"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with talk:
        for _ in range(2):
            talk.stdin.write(json.dumps(WEDNESDAY).encode() + b"\n")
            talk.stdin.flush()
            assert json.loads(talk.stdout.readline())["due_at"] == "2026-06-11T07:15:00Z"
    assert talk.returncode == 0


SHARED = os.environ.get("SCHOOL_MONITOR_SHARED", "")


@pytest.mark.skipif(not SHARED, reason="SCHOOL_MONITOR_SHARED does not point at the shared worked examples")
def test_the_worked_examples_with_a_state_come_out_as_written():
    with (Path(SHARED) / "deadlines-examples.csv").open(encoding="utf-8", newline="") as examples:
        rows = [row for row in csv.DictReader(examples) if row["why"].startswith("state=")]
    assert rows
    for row in rows:
        policy = json.loads(row["policy_json"])
        line = {"case": row["case"], "received_at": row["received_at_utc"], "timezone": row["timezone"]}
        found = answer(line, facts=policy.pop("facts"), policy=policy)
        expected = row["why"].split(";")[0].removeprefix("state=")
        assert (found["due_at"], found["state"]) == (row["due_at_utc"], expected)


@pytest.mark.parametrize("action", ["take", "undo", "close", "advice_received", "confirm_illegal"])
def test_what_else_a_moderator_may_record_is_no_fact_of_the_contract(action):
    said = refusal(SATURDAY, facts={"actions": [{"at": "2026-06-13T09:00:00Z", "action": action}]})
    assert said.startswith(f'facts.actions[0].action is "{action}"; accepted: ')


def test_no_fact_of_the_contract_holds_an_answer_back():
    assert "hold is not a known key" in refusal(SATURDAY, facts={"hold": "Cyber bullying"})
