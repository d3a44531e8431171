"""Oakfield Primary School's fortnight on Reddit. School, people and words are invented."""

from __future__ import annotations

from datetime import datetime

from monitor.demo.story import Chronicle, Days, later
from monitor.demo.world import Author, StoryPost, World

SUBREDDIT = "OakfieldPrimary"
SCHOOL = Author("t2_oakfield1", "OakfieldPrimarySchool", "OakfieldPrimarySchool")
ABOUT = "The school's own account. Policy: oakfield.example/social-media-policy"


def _person(number: int, name: str) -> Author:
    return Author(f"t2_oakpar{number:02}", name, name)


MUDDY, NIGHTSHIFT, GRAN = (
    _person(1, "muddy_wellies_42"),
    _person(2, "nightshift_dad_oak"),
    _person(3, "GranOfFive_Mill"),
)
NEWBIE, GRUMP, LAB = _person(4, "new_to_ravenholt"), _person(5, "gategrump"), _person(6, "LabradorLunchbox")


def reddit(days: Days) -> World:
    """The school's community and everything said there."""
    tell = Chronicle(World(SCHOOL, about=ABOUT), _post_id, _comment_id)
    _admissions(tell, days)
    _uniform(tell, days)
    _elsewhere(tell, days)
    return tell.world


def _post_id(number: int, _at: datetime) -> str:
    return f"t3_oakp{number:02}"


def _comment_id(number: int, _at: datetime, _post: str | None) -> str:
    return f"t1_oakc{number:03}"


def _admissions(tell: Chronicle, days: Days) -> None:
    post = tell.post("Open mornings for new families: ask us anything", days.school_day(8, "09:00"))
    first = tell.says(
        NEWBIE,
        "Do you have to live in the catchment to visit? We move in next month.",
        days.school_day(8, "09:50"),
        post,
    )
    told = tell.answers(first, "Not at all. Come along, we'd love to meet you.", later(first.at, hours=2.2))
    more = tell.says(
        NEWBIE, "Lovely, thanks! Is there step-free access for a wheelchair?", later(told.at, hours=0.6), told
    )
    tell.answers(more, "Yes, through the side gate. Ring the bell and we'll come out.", later(more.at, hours=1))
    happy = tell.says(GRAN, "It's a happy little school. All five of mine went.", later(more.at, hours=2.5), more)
    tell.answers(happy, "Five! You must know the way by now. Thank you.", later(happy.at, minutes=40))
    tell.says(
        GRUMP,
        "Happy? The place is run by muppets. My lad got a detention for having the wrong bastard socks.",
        days.school_day(7, "23:05"),
        post,
    )
    calm = tell.says(LAB, "Steady on. What did they say when you asked?", days.school_day(6, "07:40"), post)
    guts = tell.says(
        GRUMP, "Nothing, because nobody there has the guts to answer.", days.school_day(6, "08:15"), calm
    )
    tell.answers(calm, "Thanks for keeping it friendly.", later(calm.at, hours=1.7))
    tell.answers(
        guts,
        "We're happy to talk about the socks. Ask for Mr Bevan, any day before nine.",
        later(guts.at, hours=1.2),
    )
    tell.says(
        NEWBIE,
        "Are you still doing the tours? We couldn't make the last one.",
        days.at(1, "18:30"),
        post,
    )


def _uniform(tell: Chronicle, days: Days) -> None:
    post = tell.post("Second-hand uniform sale: what would you like to see?", days.school_day(5, "12:00"))
    sizes = tell.says(
        MUDDY,
        "Anything in age 11-12 that isn't already see-through at the knees!",
        days.school_day(5, "12:45"),
        post,
    )
    tell.answers(sizes, "We'll put the sturdy ones aside.", later(sizes.at, hours=1.8))
    asleep = tell.says(
        NIGHTSHIFT,
        "Could it not be at two in the afternoon for once? Some of us sleep days.",
        days.school_day(4, "05:55"),
        post,
    )
    tell.answers(
        asleep, "Sorry for the slow reply. Saturday at ten instead? We'll ask the PTA.", days.school_day(3, "09:15")
    )
    jumper = days.school_day(3, "15:10")
    box = tell.says(
        LAB,
        "I've a box of jumpers to give away.",
        jumper,
        post,
        edits=(
            (
                later(jumper, hours=4),
                "I had a box of jumpers to give away, but the woman on the desk is a nasty old hag.",
            ),
        ),
    )
    tell.answers(box, "How kind. The office is open till four.", later(jumper, minutes=35))
    _sale_day(tell, days, post)


def _sale_day(tell: Chronicle, days: Days, post: StoryPost) -> None:
    tell.says(
        MUDDY,
        "Has anyone got the head's home number? Asking for a friend.",
        days.school_day(2, "11:30"),
        post,
        deleted_at=days.school_day(2, "19:00"),
    )
    tea = tell.says(GRAN, "Will there be tea?", days.weekend("Sat", "11:20"), post)
    tell.answers(tea, "And cake!", days.monday_after("07:55"))
    rain = tell.says(NIGHTSHIFT, "Is the sale inside if it rains?", days.school_day(1, "09:20"), post)
    tell.answers(rain, "In the hall, whatever the weather.", later(rain.at, hours=1.3))


def _elsewhere(tell: Chronicle, days: Days) -> None:
    asked = tell.says(
        NEWBIE,
        "u/OakfieldPrimarySchool somebody on here says you've stopped taking children mid-year. Is that right?",
        days.school_day(4, "13:15"),
    )
    tell.answers(asked, "Not right: there are places in Years 3 and 5.", later(asked.at, hours=1.5))
    tell.says(GRUMP, "u/OakfieldPrimarySchool still waiting for that apology, you cowards.", days.at(1, "20:40"))
