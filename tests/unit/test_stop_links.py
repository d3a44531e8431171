"""The link that stops a digest: one person's, nobody else can make it, and it names nobody."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stop_links import StopKeyUnusable, StopLinks

ALI, BEVAN = "ali@oakfield.example", "bevan@oakfield.example"


@pytest.fixture
def links(tmp_path):
    return StopLinks(tmp_path / "keys" / "stop-links.key", "oakfield")


def test_a_link_leads_to_the_page_and_holds_no_name(links):
    link = links.link("https://monitor.oakfield.example", ALI)
    assert re.fullmatch(r"https://monitor\.oakfield\.example/unsubscribe/[A-Za-z0-9_-]{43}", link)
    assert links.link("https://monitor.oakfield.example", ALI) == link
    assert links.whose(link.rpartition("/")[2], [BEVAN, ALI]) == ALI


def test_upper_and_lower_case_of_an_address_are_one_person(links):
    assert links.whose(links.token("Ali@Oakfield.example"), [ALI]) == ALI


def test_each_person_school_and_key_has_tokens_of_its_own(links, tmp_path):
    tokens = {links.token(ALI), links.token(BEVAN), StopLinks(links.key_file, "elm").token(ALI)}
    tokens.add(StopLinks(tmp_path / "another.key", "oakfield").token(ALI))
    assert len(tokens) == 4


@given(st.text(max_size=60))
def test_a_made_up_token_is_nobodys(tmp_path_factory, token):
    links = StopLinks(tmp_path_factory.getbasetemp() / "made-up.key", "oakfield")
    assert links.whose(token, [ALI, BEVAN]) is None
    assert links.whose(links.token(ALI)[:-1], [ALI, BEVAN]) is None


def test_the_key_is_made_once_for_its_owner_alone(links):
    with ThreadPoolExecutor(8) as many:
        tokens = set(many.map(lambda _: links.token(ALI), range(40)))
    assert len(tokens) == 1
    assert stat.S_IMODE(links.key_file.stat().st_mode) == 0o600
    assert [path.name for path in links.key_file.parent.iterdir()] == ["stop-links.key"]


@pytest.mark.parametrize("content", ["", "ab", "zz" * 32, "é", "ab" * 33])
def test_a_damaged_key_is_told_and_never_replaced(links, content):
    links.key_file.parent.mkdir()
    links.key_file.write_text(content)
    links.key_file.chmod(0o600)
    with pytest.raises(StopKeyUnusable, match="damaged"):
        links.token(ALI)
    assert links.key_file.read_text() == content


def test_a_key_that_others_can_read_or_that_is_a_link_is_refused(links, tmp_path):
    links.token(ALI)
    links.key_file.chmod(0o644)
    with pytest.raises(StopKeyUnusable, match="0600"):
        links.token(ALI)
    pointing = tmp_path / "pointing.key"
    pointing.symlink_to(links.key_file)
    with pytest.raises(StopKeyUnusable):
        StopLinks(pointing, "oakfield").token(ALI)


@pytest.mark.parametrize(
    ("console", "begins"),
    [
        ("https://www.tŷ-brŷn.example/monitor", "https://www.xn--t-brn-iyae.example/monitor/unsubscribe/"),
        ("https://school.example:8443/über uns", "https://school.example:8443/%C3%BCber%20uns/unsubscribe/"),
        ("https://[::1]/m", "https://[::1]/m/unsubscribe/"),
    ],
)
def test_a_link_is_plain_ascii_whatever_the_address(links, console, begins):
    link = links.link(console, ALI)
    assert link.isascii()
    assert link.startswith(begins) or "xn--" in begins
