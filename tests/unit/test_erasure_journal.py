"""The journal of erasures: whole lines or none, private, and nothing in it to look anybody up by."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.evidence import erasure_journal
from monitor.evidence.erasure_journal import JOURNAL, Begun, Ended, append, read, standing, unended

AT = datetime(2026, 11, 10, 9, 0, 0, 123456, tzinfo=UTC)


def begun(number=1, **changes):
    facts = {
        "school": "oakfield",
        "secret": "erased:00",
        "account": "facebook",
        "item": f"erased:{number:064x}",
        "other_ids": ("erased:02",),
        "kind": "comment",
        "received_at": AT,
        "seen_at": AT,
        "case": number,
        "erasure": 7,
        "basis": "request",
        "positions": (3, 17),
        "folders": (f"2026/11/erased:{number}",),
        "parts": ((f"2026/11/erased:x{number}", "thread/001.json"),),
        "at": AT,
    }
    return Begun(**{**facts, **changes})


def ended(number=1, state="done", school="oakfield"):
    return Ended(school, f"erased:{number:064x}", state, AT)


def test_lines_come_back_as_they_were_written_in_order(tmp_path):
    lines = [begun(1), ended(1), begun(2), ended(2, "held")]
    append(tmp_path, lines[:1])
    append(tmp_path, lines[1:])
    assert read(tmp_path) == lines


def test_the_journal_is_for_its_owner_only_and_no_line_needs_no_file(tmp_path):
    append(tmp_path / "evidence", [])
    assert read(tmp_path / "evidence") == []
    append(tmp_path / "evidence", [begun()])
    assert (tmp_path / "evidence" / JOURNAL).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "evidence").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_last_line_cut_short_is_passed_over_and_the_next_one_is_whole(tmp_path, cut):
    append(tmp_path, [begun(1), begun(2)])
    file = tmp_path / JOURNAL
    file.write_bytes(file.read_bytes()[:-cut])
    assert read(tmp_path) == [begun(1)]
    append(tmp_path, [begun(3)])
    assert read(tmp_path) == [begun(1), begun(3)]


def test_a_first_line_cut_short_leaves_an_empty_journal(tmp_path):
    (tmp_path / JOURNAL).write_bytes(b'{"v":1,"sta')
    assert read(tmp_path) == []
    append(tmp_path, [ended()])
    assert read(tmp_path) == [ended()]


def plain():
    return {**erasure_journal._plain(begun()), "at": AT.isoformat()}


@pytest.mark.parametrize(
    "broken",
    [
        b"no json",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps(plain() | {"v": 2}).encode(),
        json.dumps(plain() | {"case": "12"}).encode(),
        json.dumps(plain() | {"case": True}).encode(),
        json.dumps(plain() | {"positions": None}).encode(),
        json.dumps(plain() | {"at": "yesterday"}).encode(),
        json.dumps(plain() | {"state": "perhaps"}).encode(),
        json.dumps({name: value for name, value in plain().items() if name != "item"}).encode(),
    ],
)
def test_a_broken_line_in_the_middle_is_told_with_its_number_and_quotes_nothing(tmp_path, broken):
    append(tmp_path, [begun(1)])
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(broken + b"\n")
    append(tmp_path, [begun(3)])
    with pytest.raises(
        ValueError, match="^line 2 of the journal of erasures .* is damaged or .* newer version"
    ) as said:
        read(tmp_path)
    assert said.value.__cause__ is None
    assert len(str(said.value)) < 300


def test_a_time_without_a_zone_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match="a time in the journal of erasures needs its zone"):
        append(tmp_path, [begun(), begun(at=AT.replace(tzinfo=None))])
    assert read(tmp_path) == []


def test_what_was_begun_and_not_ended_is_to_be_finished():
    lines = [begun(1), begun(2), ended(1), begun(3), ended(3, "held")]
    assert unended(lines) == [begun(2)]
    assert unended([*lines, ended(2)]) == []


def test_what_was_begun_twice_has_all_that_either_was_to_remove():
    again = begun(1, folders=("2026/12/erased:9",), parts=(), at=AT.replace(hour=12))
    both = replace(begun(1), folders=(*begun(1).folders, *again.folders))
    assert unended([begun(1), again]) == [both]
    assert unended([begun(1), ended(1), again]) == [again]
    assert standing([begun(1), ended(1), again, ended(1)]) == [both]


def test_every_database_has_to_know_what_was_begun_unless_a_hold_came_in_between():
    lines = [begun(1), ended(1), begun(2), begun(3), ended(3, "held")]
    assert standing(lines) == [begun(1), begun(2)]
    assert standing([*lines, begun(3)]) == [begun(1), begun(2), begun(3)]


def test_two_schools_with_one_folder_do_not_end_each_others_erasures():
    assert unended([begun(1), begun(1, school="other"), ended(1, school="other")]) == [begun(1)]


def test_two_writing_at_once_lose_no_line(tmp_path):
    def append_fifty(start):
        for number in range(start, start + 50):
            append(tmp_path, [begun(number)])

    both = [threading.Thread(target=append_fifty, args=(start,)) for start in (0, 100)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    cases = [line.case for line in read(tmp_path)]
    assert sorted(cases) == [*range(50), *range(100, 150)]


def test_in_what_state_it_was_checked_is_remembered_for_each_school(tmp_path):
    folder = tmp_path / "evidence"
    assert (erasure_journal.checked(folder, "oakfield"), erasure_journal.length(folder)) == ("", 0)
    erasure_journal.set_checked(folder, "oakfield", "secret 7 600")
    erasure_journal.set_checked(folder, "oakfield", "secret 8 700")
    assert erasure_journal.checked(folder, "oakfield") == "secret 8 700"
    assert erasure_journal.checked(folder, "other") == ""
    append(folder, [begun()])
    assert erasure_journal.length(folder) == (folder / JOURNAL).stat().st_size > 0


names = st.text(max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names, names, st.lists(st.tuples(names, names), max_size=3))
def test_whatever_stands_in_a_line_it_is_one_line_of_ascii(tmp_path, kind, basis, parts):
    (tmp_path / JOURNAL).unlink(missing_ok=True)
    line = begun(kind=kind, basis=basis, parts=tuple(parts))
    append(tmp_path, [line])
    content = (tmp_path / JOURNAL).read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == 1
    assert read(tmp_path) == [line]
