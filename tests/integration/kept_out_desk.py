"""A desk whose policy keeps people out of what is about them, and a thread in which the head is accused."""

import re
import zipfile
from contextlib import contextmanager

from desk import HOUR, MINUTE, NOW, OTHER, SCHOOL, Desk, item
from evidence_desk import run_command
from fake_judge import FakeJudge

from config.handling import KeepOutRule, TellRule
from monitor.store.item_tables import Comment
from monitor.wiring import build_app

MARKER = "zanzibarquux"
AUTHOR, NAME, PERMALINK = "770011770011", "Wilhelmina Quuxley", "https://www.facebook.com/zz81zz81"
NUMBER = 902_100
"""The number of the case about the head: one that stands nowhere by chance."""
NEVER_THERE = 999_999
TRACES = (MARKER, AUTHOR, NAME, "Quuxley", "zz81zz81", "c-about-her")
ALLEGATION = f"Ms Okafor locked my child in the store room, {MARKER}"
WORDS = {MARKER: ("allegation", 1.0), "idiot": ("abuse", 1.0), "complaint": ("complaint", 1.0)}
PEOPLE = """
[[people]]
name = "Robin Achterberg"
email = "dsl@oakfield.example"
roles = ["safeguarding"]

[[people]]
name = "Mrs Chair"
email = "governors@oakfield.example"
roles = ["chair_of_governors"]

[[people]]
name = "Tom Wires"
email = "it@oakfield.example"
roles = ["technician"]

[[people]]
name = "Miss Poole"
email = "poole@oakfield.example"
roles = ["staff"]
known_as = ["Coach Poole"]

[[registered]]
account = "facebook"
posters = ["Miss Poole"]
"""
HEAD, DSL, CHAIR, MODERATOR = "Ms Okafor", "Robin Achterberg", "Mrs Chair", "Mrs Ali"
HEADS = "head@oakfield.example"
"""Where the head is mailed."""
BY = ("--by", HEAD)
WHY = (*BY, "--why", "my own business")


def keeping_out(desk, monkeypatch, **rules):
    """The same desk under a policy that keeps people out. `rules`: KeepOutRule by category."""
    monkeypatch.setattr("monitor.language.school_judge.judge_for", lambda _settings: FakeJudge(WORDS))
    pack = desk.settings.policy
    told = TellRule(first=("head", "safeguarding"))
    categories = {
        name: rule.model_copy(update={"keep_out": rules.get(name, KeepOutRule()), "tell": told})
        for name, rule in pack.categories.items()
    }
    settings = desk.settings.model_copy(update={"policy": pack.model_copy(update={"categories": categories})})
    with monkeypatch.context() as patch:
        if desk._given:
            patch.setattr("monitor.wiring.open_store", lambda _: desk._given)
        desk.settings, desk.app = settings, build_app(settings, desk.clock)
    desk.store = desk.app.store
    return desk


NAMED_AND_TOLD = {"allegation": KeepOutRule(named=True, only_those_told=True), "abuse": KeepOutRule(named=True)}


def school_of(tmp_path, store, monkeypatch, **rules):
    from desk import SCRIPTED, emptied

    desk = Desk(tmp_path, accounts=SCRIPTED + PEOPLE, store=emptied(store))
    return keeping_out(desk, monkeypatch, **(rules or NAMED_AND_TOLD))


@contextmanager
def numbered_from(desk, number):
    """Have the next items numbered so: for that long, one stands just before them."""
    with desk.rows() as (_, __, account):
        account_id = account.id
    with desk.store.writing() as tx:
        tx.add(
            Comment(
                id=number - 1, account_id=account_id, remote_id="filler", kind="comment", thread_key="filler",
                author_name="", addressed_to=[], created_at=NOW, first_seen_at=NOW, last_seen_at=NOW,
                shown="visible", permalink="", attachments=[], erased_at=NOW,
            )
        )  # fmt: skip
    yield
    with desk.store.writing() as tx:
        tx.delete(tx.get_one(Comment, number - 1))


def accused(text=ALLEGATION, **more):
    wanted = {"by": AUTHOR, "author_name": NAME, "permalink": PERMALINK, "at": NOW - 2 * HOUR, "under": "c0"}
    return item("c-about-her", text, **(wanted | more))


def the_head_is_accused(desk):
    """Insults, one answered by a comment that becomes the allegation with an edit; more under that, and the school's
    answer to the parent. What was kept as evidence before the edit holds a trace of its author's first words.
    """
    first = item("c0", "You are all idiots", by=OTHER, at=NOW - 3 * HOUR)
    desk.read(first)
    below = item("c2", "What an idiot she is", by=OTHER, under="c-about-her", at=NOW - HOUR)
    answer = item("r1", f"Please ring us about {MARKER}", by=SCHOOL, under="c-about-her", at=NOW - HOUR / 2)
    beside = item("c4", "What idiots you are", by=OTHER, under="c0", at=NOW - 2 * HOUR + MINUTE)
    under = item("c5", "Some idiot said that", by=OTHER, under="c-about-her", at=NOW - HOUR)
    with numbered_from(desk, NUMBER):
        desk.read(
            first,
            accused("Good morning, Quuxley here"),
            answer_to_all := item("r0", "Good morning", by=SCHOOL, under="c0", at=NOW - 2 * HOUR),
        )
    desk.read(first, accused("Good morning, Quuxley here"), beside, answer_to_all)
    [kept] = [each for each in desk.snapshots() if each.comment_id == desk.cases()["c4"].id]
    folder = desk.settings.evidence_folder / kept.path
    assert any(b"Quuxley here" in path.read_bytes() for path in folder.rglob("*.json")), "else it shows nothing"
    desk.app.cards.run()
    desk.later(MINUTE)
    desk.read(first, accused(), beside, below, under, answer, answer_to_all)
    desk.app.cards.run()
    assert desk.cases()["c-about-her"].id == NUMBER


def readable(path):
    """All bytes of a file, what is packed in it taken out."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as bag:
            return b"\n".join([*(name.encode() for name in bag.namelist()), *map(bag.read, bag.namelist())])
    return path.read_bytes()


def traces_in(text):
    """What of the case stands in a text; its number is looked for as a number.

    Sealed evidence of a comment names the network's id of what that comment answers: that alone is no trace.
    """
    text = text.replace('"parent_id": "c-about-her"', "")
    found = [trace for trace in TRACES if trace.lower() in text.lower()]
    return found + ([str(NUMBER)] if re.search(rf"(?<!\d){NUMBER}(?!\d)", text) else [])


def told(desk, monkeypatch, capfd, command, words, folder):
    """All that a command prints and writes."""
    outputs = [folder / word for word in words if word.startswith("OUT")]
    for output in outputs:
        output.unlink(missing_ok=True)
    words = [str(folder / word) if word.startswith("OUT") else word for word in words]
    _, out, err = run_command(desk, monkeypatch, capfd, *command.split(), *words)
    written = b"\n".join(readable(output) for output in outputs if output.exists())
    return f"{out}\n{err}\n{written.decode('utf-8', 'replace')}"
