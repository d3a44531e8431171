"""Lines of another program: the same ones in order, however many are taken at once, and none is waited for."""

import io
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.commands import lines as lines_module
from monitor.commands.lines import bounded, waiting

LIMIT = 40


@pytest.fixture(autouse=True)
def _short_lines():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_module, "LONGEST_LINE", LIMIT)
        patch.setattr(lines_module, "CHUNK", 7)
        yield


@pytest.fixture
def pipe():
    """A reading end, and a way to write to the other one."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", buffering=0) as sink:
        yield source, sink


def test_what_is_in_a_file_comes_in_full_batches(tmp_path):
    file = tmp_path / "lines"
    file.write_bytes(b"".join(b"%d\n" % number for number in range(10)))
    with file.open("rb") as source:
        assert [len(batch) for batch in waiting(source, 4)] == [4, 4, 2]


def test_a_line_typed_by_hand_is_answered_before_the_next_is_typed(pipe):
    source, sink = pipe
    batches = waiting(source, 64)
    for typed in (b"one\n", b"two\n", b"three\n"):
        sink.write(typed)
        assert next(batches) == [typed.rstrip()]
    sink.close()
    assert list(batches) == []


def test_lines_that_are_waiting_come_together(pipe):
    source, sink = pipe
    sink.write(b"one\ntwo\nthree\nand a beg")
    batches = waiting(source, 64)
    assert next(batches) == [b"one", b"two", b"three"]
    sink.write(b"inning\n")
    assert next(batches) == [b"and a beginning"]


def test_half_a_line_is_waited_for_and_the_last_needs_no_end(pipe):
    source, sink = pipe
    got = []
    reader = threading.Thread(target=lambda: got.extend(waiting(source, 64)))
    reader.start()
    sink.write(b"half")
    sink.write(b" a line")
    sink.close()
    reader.join(timeout=10)
    assert got == [[b"half a line"]]


def test_a_line_without_bound_is_passed_over_and_its_place_kept(pipe):
    source, sink = pipe
    sink.write(b"before\n" + b"x" * (LIMIT + 1) + b"\nafter\n")
    sink.close()
    assert [line for batch in waiting(source, 64) for line in batch] == [b"before", None, b"after"]


@given(
    st.lists(st.sampled_from([b"", b" ", b"a", b"line", b"x" * (LIMIT - 1), b"y" * (LIMIT + 1)])), st.integers(1, 5)
)
def test_batches_hold_what_reading_line_by_line_gives(lines, most):
    content = b"\n".join(lines)
    one_by_one = [line and line.rstrip(b"\n") for line in bounded(io.BytesIO(content + b"\n"))]
    batches = list(waiting(io.BytesIO(content), most))
    assert [line for batch in batches for line in batch] == one_by_one
    assert all(1 <= len(batch) <= most for batch in batches)
