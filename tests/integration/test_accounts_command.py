"""`accounts`: the register and its audit on one page, from the books alone, and what the other commands say of it."""

import pytest
from desk import DAY, FOLDER_MAIL, HOUR, NOW, SCHOOL, SCRIPTED, TOKEN, item

from alerts.report_render import weekly_text
from monitor import mail_kinds
from monitor.__main__ import main
from monitor.demo.graph_server import GraphStandIn
from monitor.demo.world import Author, StoryPost, World
from monitor.registered import school_domains, too_few_moderators
from monitor.rules.slots import week_name
from monitor.store import ledger, outbox
from monitor.store.item_tables import Post
from monitor.store.listening import unreachable_people
from monitor.store.signs_of_life import last_own_words_at

POLICY = "https://oakfield.example/policy"
BEVAN = "bevan@oakfield.example"
REGISTERED = """
[[registered]]
account = "facebook"
aim = "News and dates"
audience = "Families"
promotion = "The newsletter"
access = "open"
administrators = ["Mrs Ali", "Mr Bevan"]
token_owner = "Mr Bevan"
official_address = "social@oakfield.example"
policy_link = "https://oakfield.example/policy"
approvals = [{ by = "Ms Okafor", role = "head", on = "2026-09-01" }]
live_from = "2026-09-07"
"""


@pytest.fixture
def world():
    """A page that says nothing of itself, with one post of yesterday."""
    return World(Author(SCHOOL, "Oakfield Primary School"), [StoryPost(f"{SCHOOL}_1", "The fair is on.", NOW - DAY)])


@pytest.fixture
def facebook(desk, world):
    """Oakfield's page on a stand-in, in the register, read once."""
    with GraphStandIn(world, desk.clock, TOKEN) as stand_in:
        desk.change(accounts=SCRIPTED.replace("http://127.0.0.1:9", stand_in.url) + REGISTERED)
        desk.run()
        yield desk


@pytest.fixture
def accounts(desk, monkeypatch, capsys):
    """What a command prints, and its status."""
    for module in ("accounts", "check", "health"):
        monkeypatch.setattr(f"monitor.commands.{module}.app_for", lambda args: desk.app)

    def ask(*words):
        capsys.readouterr()
        status = main(list(words or ("accounts",)))
        printed = capsys.readouterr()
        assert TOKEN not in printed.out + printed.err
        return status, printed.out + printed.err

    return ask


def register(desk, **changed):
    """Change keys of the register; the values are TOML."""
    entry = REGISTERED
    for key, value in changed.items():
        lines = [line for line in entry.splitlines() if not line.startswith(f"{key} =")]
        entry = "\n".join([*lines, f"{key} = {value}"])
    account = next(each for each in desk.settings.accounts if each.key == "facebook")
    desk.change(accounts=SCRIPTED.replace("http://127.0.0.1:9", account.api_url) + entry)


def test_an_account_as_the_policy_asks_is_a_page_and_status_0(facebook, world, accounts):
    world.about = f"News. Rules: {POLICY}"
    facebook.later(25 * HOUR)
    facebook.run()
    status, said = accounts()
    assert status == 0, said
    for words in ("News and dates", "Mrs Ali, Mr Bevan (everybody with the role)", "Ms Okafor as head on 1 Sep 2026"):
        assert words in said
    assert f"says of itself: News. Rules: {POLICY}" in said
    assert "school last wrote: 9 Nov 2026" in said
    assert "Nothing was found." in said


def test_what_is_found_is_a_sentence_with_what_to_do_and_status_1(facebook, accounts):
    status, said = accounts()
    assert status == 1
    assert "WRONG: Its description does not link to the policy." in said
    assert f"Put {POLICY} there." in said
    assert "1 thing not as the policy asks." in said


def test_an_account_that_is_not_in_the_register_is_said_to_be_none(desk, accounts):
    status, said = accounts()
    assert status == 1
    assert "WRONG: The register says nothing about this account." in said
    assert "never" in said


def test_what_only_a_person_can_see_is_no_fault(facebook, accounts):
    with facebook.store.writing() as tx:
        ledger.enrolled_account(tx, "oakfield", "facebook").about = None
    status, said = accounts()
    assert (status, "LOOK: Whether its description links" in said) == (0, True)
    assert "not known here: look yourself" in said


def test_no_network_is_asked(facebook, accounts, monkeypatch):
    monkeypatch.setattr("monitor.connecting.build_connector", lambda *_: 1 / 0)
    assert accounts()[0] == 1


def test_one_account_can_be_asked_for_and_an_unknown_one_is_refused(facebook, accounts):
    assert accounts("accounts", "--account", "facebook")[0] == 1
    status, said = accounts("accounts", "--account", "tiktok")
    assert status == 2
    assert 'there is no account "tiktok"; there are facebook' in said


def test_hidden_characters_of_a_description_do_not_reach_the_terminal(facebook, world, accounts):
    world.about = "News\x1b[2J\u202e of\nus"
    facebook.later(25 * HOUR)
    facebook.run()
    said = accounts()[1]
    assert "News[2J of us" in said
    assert "\x1b" not in said


def test_check_says_one_line_and_where_the_rest_stands(facebook, accounts):
    said = accounts("check")[1]
    assert "note  register: 1 thing not as the policy asks; see school-monitor accounts" in said


def test_health_fails_on_what_is_grave_and_on_nothing_else(facebook, accounts):
    assert "ok    register: nothing grave" in accounts("health")[1]
    register(facebook, closes_on='"2026-11-01"')
    status, said = accounts("health")
    assert status == 1
    assert "FAIL  register: Facebook page: It was to be closed on 1 Nov 2026, and is still watched." in said


def test_who_may_have_left_does_not_keep_the_program_from_starting(facebook, accounts):
    register(facebook, token_owner='"Dr Gone"', administrators='["Mrs Ali", "Dr Gone"]')
    said = accounts()[1]
    assert "GRAVE: The credentials hang on Dr Gone, who is not among the people any more." in said


def refuse(desk, recipient, key="2026-W45"):
    """The mail server refused two mails in a row to this person for good."""
    with desk.store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        for number in (1, 2):
            outbox.owe(tx, school, mail_kinds.DIGEST, f"{key} {number}", (recipient,), desk.clock())
            delivery = outbox.claim_next(tx, school, desk.clock())
            outbox.close(tx, delivery.id, f"{outbox.REFUSED}550 5.1.1 no such user", desk.clock())


def few(desk):
    with desk.store.reading() as tx:
        return too_few_moderators(tx, ledger.school_by_key(tx, "oakfield"), desk.settings, desk.clock())


def test_the_weekly_report_says_on_top_that_too_few_moderators_can_be_reached(facebook):
    week = week_name(facebook.clock().date())
    assert "moderators can be reached" not in weekly_text(facebook.app.reporter.weekly(week, facebook.clock()))
    refuse(facebook, BEVAN)
    said = weekly_text(facebook.app.reporter.weekly(week, facebook.clock()))
    assert "Fewer than 2 moderators can be reached today: Facebook page (1)." in said
    assert said.index("Fewer than 2") < said.index("HOW MUCH OF THE WEEK")
    assert few(facebook)


def test_a_mail_that_arrived_since_ends_a_refusal_and_time_does_not(facebook):
    refuse(facebook, BEVAN)
    facebook.later(31 * DAY)
    assert few(facebook)
    with facebook.store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        outbox.owe(tx, school, mail_kinds.DIGEST, "later", (BEVAN,), facebook.clock())
        outbox.mark_sent(tx, outbox.claim_next(tx, school, facebook.clock()).id, facebook.clock())
        assert unreachable_people(tx, school) == {}
    assert not few(facebook)
    facebook.later(HOUR)
    refuse(facebook, BEVAN, "again")
    assert few(facebook)


def test_whom_no_mail_reaches_is_named_below_the_accounts(facebook, accounts):
    refuse(facebook, BEVAN)
    said = accounts()[1]
    assert (
        "Mail to Mr Bevan is refused since Tue 10 Nov 09:00: the server says that there is no such address." in said
    )


def test_a_thread_somebody_else_began_is_no_sign_of_life_and_an_answer_is(desk):
    desk.read(item("c1"))
    with desk.store.writing() as tx:
        account = ledger.enrolled_account(tx, "oakfield", "facebook")
        for remote_id, made_at in (("c1", NOW - HOUR), ("p1", NOW - 3 * DAY), ("p2", None)):
            tx.add(
                Post(
                    account_id=account.id,
                    remote_id=remote_id,
                    text="",
                    created_at=made_at,
                    permalink="",
                    first_seen_at=NOW,
                    last_seen_at=NOW,
                )
            )
    with desk.rows() as (tx, _, account):
        assert last_own_words_at(tx, account) == NOW - 3 * DAY
    desk.read(item("r1", by=SCHOOL, at=NOW - 2 * HOUR, under="c1"))
    with desk.rows() as (tx, _, account):
        assert last_own_words_at(tx, account) == NOW - 2 * HOUR


def test_another_account_behind_the_same_key_is_unknown_until_it_was_asked(facebook, world):
    world.about = "Ours"
    facebook.later(25 * HOUR)
    facebook.run()
    assert facebook.account().about == "Ours"
    parts = facebook._parts["accounts"].replace(SCHOOL, "100200399")
    facebook.change(accounts=parts)
    assert (facebook.account().about, facebook.account().links) == (None, None)


def test_a_mail_provider_for_anybody_is_no_domain_of_the_school(desk):
    assert school_domains(desk.settings) == {"oakfield.example"}
    desk.change(mail=f'{FOLDER_MAIL}\nreply_to = "oakfield@gmail.com"')
    assert school_domains(desk.settings) == {"oakfield.example"}
