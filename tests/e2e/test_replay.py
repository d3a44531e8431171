"""`demo --replay`: the whole job over payloads recorded from the live networks, and every item accounted for."""

import os
import re
from pathlib import Path

import pytest
from books import everything, rows
from processes import school_monitor

from monitor.demo.recorded import recorded_worlds

SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")
FIXTURES = Path(SHARED or ".") / "fixtures"
COLUMNS = ("served", "read", "kept", "own posts", "quarantined", "own replies", "flagged", "due")

pytestmark = pytest.mark.skipif(
    not SHARED, reason="the recorded payloads are not here: SCHOOL_MONITOR_SHARED names no folder"
)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay") / "replay"
    return folder, school_monitor("demo", "--replay", FIXTURES, "--dir", folder)


@pytest.fixture(scope="module")
def recorded():
    return recorded_worlds(FIXTURES)


def printed(said):
    """Network -> column -> figure, from the table on the screen."""
    table = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.out.splitlines() if "│" in line]
    figures = {name: [int(cell) for cell in cells] for name, *cells in table if cells[0].isdecimal()}
    return {name: dict(zip(COLUMNS, cells, strict=True)) for name, cells in figures.items()}


def test_it_ends_well_with_figures_for_each_network(replayed):
    _, said = replayed
    assert (said.status, said.err) == (0, "")
    assert list(printed(said)) == ["facebook", "x", "reddit"]


def test_every_item_served_is_kept_or_quarantined_or_a_post_of_the_schools_own(replayed, recorded):
    for network, figures in printed(replayed[1]).items():
        assert figures["served"] == len({message.id for message in recorded[network].world.messages})
        assert figures["served"] == figures["kept"] + figures["own posts"] + figures["quarantined"]


def test_the_figures_are_those_of_the_books(replayed):
    folder, said = replayed
    stored = everything(folder)
    for network, figures in printed(said).items():
        mine = [row for row in stored if row["account"] == network]
        assert figures["kept"] == len(mine) > 0
        assert figures["own replies"] == sum(row["is_own"] for row in mine)
        question = "select count(distinct comment_id) from flag join item on item.id = comment_id"
        by_account = " join account on account.id = account_id where item.type = 'comment' and key = ?"
        assert rows(folder, question + by_account, network) == [(figures["flagged"],)]
        assert rows(folder, f"select count(due_at) from item{by_account}", network) == [(figures["due"],)]


def test_each_comment_is_kept_in_every_text_it_was_recorded_with(replayed, recorded):
    kept = {row["remote_id"]: row for row in everything(replayed[0]) if row["account"] == "reddit"}
    stubs = {"[deleted]", "[removed]"}
    assert len(kept) > 400
    for message in recorded["reddit"].world.messages:
        assert message.text in stubs or message.text in kept[message.id]["versions"], message.id


def test_the_reason_for_everything_quarantined_is_printed(replayed):
    folder, said = replayed
    reasons = rows(folder, "select account.key, reason from quarantine join account on account.id = account_id")
    told = re.findall(r"^(\w+): (\d+) quarantined: (.+)$", said.out, re.MULTILINE)
    assert sum(int(count) for _, count, _ in told) == len(reasons)
    assert {(network, reason) for network, _, reason in told} == set(reasons)


def test_the_schools_own_replies_are_known_by_their_author(replayed):
    assert printed(replayed[1])["reddit"]["own replies"] > 0
