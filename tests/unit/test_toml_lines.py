"""The scanner finds on which line each key of a TOML text stands."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.toml_lines import key_lines

EXAMPLE = Path(__file__).parents[2].joinpath("config", "example.toml").read_text("utf-8")

AWKWARD = '''\
top = 1 # not = this [nor] this
[school]
name = "a # no comment, [no] table = here"
long = """first
second " and ""\\" = "
"""
raw = \'\'\'
[not.a.table]\'\'\'
after = true
"a quoted.key" = 1979-05-27 07:32:00.5

dotted . key."x" = [
    1.5, # one
    [2, 3],
    { in.line = 'yes', other = {} },
]
[[accounts]]
key = "one"
[accounts.deep]
x = 1
[[accounts]]

key = "two"
[[accounts.parts]]
[[accounts.parts]]
y = -inf
'''


def paths(value, path=()):
    """Every key and list position in a parsed document."""
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in entries:
        yield from paths(part, (*path, key))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1),
        (("school",), 2),
        (("school", "long"), 4),
        (("school", "raw"), 7),
        (("school", "after"), 9),
        (("school", "a quoted.key"), 10),
        (("school", "dotted", "key", "x"), 12),
        (("school", "dotted", "key", "x", 1, 0), 14),
        (("school", "dotted", "key", "x", 2, "in", "line"), 15),
        (("accounts",), 17),
        (("accounts", 0, "deep", "x"), 20),
        (("accounts", 1), 21),
        (("accounts", 1, "key"), 23),
        (("accounts", 1, "parts", 1, "y"), 26),
    ],
)
def test_a_key_is_found_on_its_line(path, line):
    assert key_lines(AWKWARD)[path] == line


@pytest.mark.parametrize("text", [AWKWARD, EXAMPLE], ids=["awkward", "example"])
def test_nothing_in_the_text_is_overlooked_and_nothing_invented(text):
    assert set(key_lines(text)) == set(paths(tomllib.loads(text)))


SCRAPS = [*"[]{}=,.#\"'\n \\", '"""', "'''", "a", "b.c", "1", "[x]\n", "[[x]]\n", "k = ", "[[", "]]", "\r\n", '\\"']


@given(st.lists(st.sampled_from(SCRAPS), max_size=12).map("".join), st.integers(0, len(AWKWARD)))
@settings(max_examples=300, deadline=None)
def test_whatever_toml_accepts_is_scanned_as_toml_reads_it(scraps, at):
    text = AWKWARD[:at] + scraps + AWKWARD[at:]
    try:
        meant = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = key_lines(text)
    assert set(found) == set(paths(meant))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
