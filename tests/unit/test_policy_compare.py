"""`check --compare`: what two packs do differently, and what is the same."""

from itertools import product

import pytest

from config.packs import POLICIES, known_packs, read_pack
from monitor.policy_page.compare import compared

BY_NAME = {name: read_pack(POLICIES / f"{name}.toml") for name in known_packs()}


def between(first, second):
    """The parts of the comparison by their heading, each as one line."""
    parts, title = {"": ""}, ""
    for line in compared(BY_NAME[first], BY_NAME[second]):
        if line.isupper() and not line.startswith(" "):
            title = line
        parts[title] = f"{parts.get(title, '')} {line.strip()}".strip()
    return parts


def test_one_answers_complaints_and_one_keeps_silent_each_with_its_clause():
    answered = between("walter-halls", "carey")["WHAT IS ANSWERED"]
    assert "Insult, hate and complaint:" in answered
    assert "Walter Halls Primary School: It is to be answered, or dealt with, in time." in answered
    silent = "It is not answered, and nobody is reminded to. [B.6. Do not respond to negative comments posted online]"
    assert f"The Carey Federation: {silent}" in answered


def test_one_sends_complaints_elsewhere():
    answered = between("walter-halls", "heathcoat")["WHAT IS ANSWERED"]
    assert "Complaint and question:" in answered
    assert "the way to where it belongs: the school office, by telephone or e-mail." in answered


def test_one_explains_what_it_deletes_and_one_takes_it_down_at_once():
    taken_down = between("walter-halls", "king-offa")["WHAT IS TAKEN DOWN"]
    assert "readers are told that, and why. [Handling abuse]" in taken_down
    assert "It is to be taken down as soon as evidence is kept. [A.5.6]" in taken_down


def test_one_waits_for_advice_where_another_takes_down_at_once():
    taken_down = between("hasland", "king-offa")["WHAT IS TAKEN DOWN"]
    hasland = taken_down.index("before advice is on record from the named person for child protection, or the LADO")
    assert hasland < taken_down.index("King Offa Primary Academy: It is to be taken down", hasland)


def test_speed_people_ladders_house_rules_accounts_and_messages_are_compared():
    parts = between("hasland", "king-offa")
    assert "Bullying: Hasland Junior School: At once, day and night" in parts["HOW FAST PEOPLE HEAR OF IT"]
    assert "The class teacher or head of house and the head" in parts["WHO IS TOLD"]
    assert "Nobody else but those told sees it" in parts["WHO DOES NOT SEE IT"]
    assert "Hasland Junior School: none." in parts["HOUSE RULES"]
    assert "3. Contact has been made with the author" in parts["THE STEPS OF ESCALATION"]
    assert "King Offa Primary Academy: Before it is used: the signature of" in parts["WHAT EACH ACCOUNT NEEDS"]
    assert "never read" in between("hasland", "heathcoat")["DIRECT MESSAGES"]


def test_what_is_the_same_is_named_and_not_repeated():
    parts = between("hasland", "king-offa")
    assert "DIRECT MESSAGES" not in parts
    assert "- Direct messages - Who takes the head's place" in parts["THE SAME IN BOTH"]


@pytest.mark.parametrize("name", known_packs())
def test_a_pack_does_nothing_differently_from_itself(name):
    assert set(between(name, name)) == {"", "THE SAME IN BOTH"}


@pytest.mark.parametrize(
    ("first", "second"), [pair for pair in product(known_packs(), repeat=2) if pair[0] < pair[1]]
)
def test_any_two_of_the_packs_differ_and_the_other_way_round_in_the_same_parts(first, second):
    there, back = between(first, second), between(second, first)
    assert len(there) > 4
    assert set(there) == set(back)


def test_where_one_pack_reads_no_own_posts_the_other_still_says_what_it_does():
    quiet = BY_NAME["default"].outgoing.model_copy(
        update=dict.fromkeys(("full_names", "tags", "contact_details", "promises", "opted_out"), False)
    )
    pack = BY_NAME["default"].model_copy(update={"outgoing": quiet, "name": "Quiet"})
    said = " ".join(" ".join(compared(pack, BY_NAME["carey"])).split())
    assert "Quiet: Its own posts and replies are not looked through." in said
    assert "The Carey Federation: Told of it, quietly: the leadership, or else the head." in said
