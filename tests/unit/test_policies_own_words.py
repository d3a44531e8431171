"""Packs name clauses that really stand in their policies, and copy none of their sentences."""

import os
import re
from pathlib import Path

import pytest

from config.handling import SILENT
from config.packs import POLICIES, known_packs, read_pack

LONGEST_RUN = 6  # words in a row that may also stand in the policy
SCHOOLS = [name for name in known_packs() if name != "default"]


@pytest.fixture
def policy(name):
    """The text of a school's policy."""
    shared = os.environ.get("SCHOOL_MONITOR_SHARED")
    source = Path(shared or "", "policies", f"{name}.txt")
    if not shared or not source.is_file():
        pytest.skip("the text of the policy is not at hand (SCHOOL_MONITOR_SHARED)")
    return source.read_text("utf-8")


def words(text):
    return re.findall(r"[a-z0-9']+", text.lower())


def clauses_in(part):
    """Every clause in a pack, wherever it stands."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("clause", "response_clause") and value:
                yield value
            yield from clauses_in(value)
    elif isinstance(part, (list, tuple)):
        for each in part:
            yield from clauses_in(each)


@pytest.mark.parametrize("name", SCHOOLS)
def test_every_clause_is_a_heading_or_a_number_of_the_policy_or_says_that_there_is_none(name, policy):
    begins = [line.strip(" -*•\t") for line in policy.splitlines()]
    clauses = set(clauses_in(read_pack(POLICIES / f"{name}.toml").model_dump())) - {SILENT}
    assert clauses
    for clause in clauses:
        heading = clause.partition(" (")[0]
        assert any(line == heading or line.startswith(f"{heading} ") for line in begins), clause


@pytest.mark.parametrize("name", SCHOOLS)
def test_no_seven_words_in_a_row_of_a_pack_stand_in_the_policy(name, policy):
    theirs = " ".join(words(policy))
    text = (POLICIES / f"{name}.toml").read_text("utf-8")
    pack = words(re.sub(r'clause = "[^"]*"', "", text))
    long = LONGEST_RUN + 1
    runs = [" ".join(pack[at : at + long]) for at in range(len(pack) - long + 1)]
    assert len(runs) > 500
    assert [run for run in runs if run in theirs] == []
