"""Policy packs that hold things back, made from the default pack, and decisions as they stand in the book."""

from config.handling import HoldRule, HouseRule, KeepOutRule, Stage, TellRule
from config.packs import POLICIES, known_packs, read_pack
from monitor.model import Action, ActionFact, Category, Flag, RecordedDecision

HOLD = HoldRule(answer="hold", clause="Do not answer")
ADVICE = HoldRule(answer="hold", removal="after_advice", advice_from="the LADO", clause="Allegations")
AT_ONCE = HoldRule(removal="at_once", clause="Extreme content")
REDIRECT = HoldRule(answer="redirect", redirect_to="the school office", clause="Complaints")
EXPLAIN = HoldRule(explain=True)
LADDER = (
    Stage(id="discuss", what="Talk to the author and ask for it to be taken down.", by=("moderator", "head")),
    Stage(id="warning", what="Write to the author.", by=("head",)),
    Stage(id="police", what="Tell the police."),
)
HOUSE_RULES = (HouseRule(number="1", words="Be kind."), HouseRule(number="2", words="Name no child."))

SHIPPED = tuple(read_pack(POLICIES / f"{name}.toml") for name in known_packs())
DEFAULT = read_pack(POLICIES / "default.toml")


def a_pack(holds=None, **changes):
    """The default pack where moderators hear of everything, nobody is kept out, and nothing is held back but what
    `holds` says, by category; and other parts changed."""
    holds = (
        {"media_enquiry": HOLD, "allegation": ADVICE, "hate": AT_ONCE, "complaint": REDIRECT}
        if holds is None
        else holds
    )
    categories = {
        name: rule.model_copy(
            update={"hold": holds.get(name, HoldRule()), "tell": TellRule(), "keep_out": KeepOutRule()}
        )
        for name, rule in DEFAULT.categories.items()
    }
    parts = {"categories": categories, "ladder": (), "house_rules": (), "instead_of_the_head": "chair_of_governors"}
    return DEFAULT.model_copy(update=parts | changes)


def flag(category, version=1, raised_at=None, severity="serious"):
    return Flag(Category(category), severity, 1.0, "words/1", 0, 3, "A reason.", "", version, raised_at)


def decision(action, at, version=1, number=0, by="Mrs Ali", why="because", undoes=None, **details):
    return RecordedDecision(ActionFact(at, Action(action), why), by, version, number, details, undoes)
