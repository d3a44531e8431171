"""Oakfield Primary School's fortnight on X. School, people and words are invented."""

from __future__ import annotations

from datetime import datetime

from monitor.demo.story import Chronicle, Days, later
from monitor.demo.world import Author, StoryPost, World
from monitor.demo.x_server import snowflake

SCHOOL = Author("999000000000000321", "Oakfield Primary School", "OakfieldPrimary")
LOOKALIKE = Author("999000000000000666", SCHOOL.name, "OakfieldPrimry")
"""Shows the school's name, but is not the school."""
ABOUT = "Short news from a primary school by the canal."
"""It lacks the link to the policy, for the audit of the register to find."""


def _person(number: int, name: str, handle: str) -> Author:
    return Author(f"9990000000000010{number:02}", name, handle)


RUGBY = _person(1, "Ravenholt Under 9s", "ravenholt_u9s")
MEL = _person(2, "Mel Dunstaple", "mel_dunstaple")
OSCAR = _person(3, "Oscar Tindlewick", "otindlewick")
PAPER = _person(4, "Ravenholt Courier", "RavenholtCour")
SHAZ = _person(5, "Shaz B", "shazb_oakend")
TROLL = _person(6, "no name needed", "nnn_49201")
IFEOMA = _person(7, "Ifeoma Castleden", "ifeomacastleden")
BUS = _person(8, "Route 27 Updates", "route27moans")


def x(days: Days) -> World:
    """The account and everything said to it."""
    tell = Chronicle(World(SCHOOL, about=ABOUT), _post_id, _message_id)
    _festival(tell, days)
    _mentions(tell, days)
    _grumbles(tell, days)
    _crossing(tell, days)
    return tell.world


def _post_id(number: int, at: datetime) -> str:
    return snowflake(at, number)


def _message_id(number: int, at: datetime, _post: str | None) -> str:
    return snowflake(at, 1000 + number)


def _festival(tell: Chronicle, days: Days) -> None:
    post = tell.post("Our tag rugby team came second at the Ravenholt festival! 🏉", days.school_day(9, "15:10"))
    kind = tell.says(
        RUGBY,
        "@OakfieldPrimary Great sports, every one of them. See you next year!",
        days.school_day(9, "15:42"),
        post,
    )
    tell.answers(kind, "@ravenholt_u9s Thank you for having us!", later(kind.at, minutes=33))
    match = tell.says(MEL, "@OakfieldPrimary Who do I ask about joining the team?", days.school_day(8, "10:20"), post)
    told = tell.answers(match, "@mel_dunstaple Mr Farthingale, any lunchtime.", later(match.at, hours=2))
    tell.says(
        MEL,
        "@OakfieldPrimary He's off this week, I've been told. Anyone else?",
        later(told.at, hours=1.5),
        told,
    )
    _rudeness(tell, days, post)


def _rudeness(tell: Chronicle, days: Days, post: StoryPost) -> None:
    jeer = tell.says(
        TROLL,
        "@OakfieldPrimary second?? bunch of losers coached by a moron",
        days.school_day(8, "22:14"),
        post,
    )
    tell.answers(jeer, "@nnn_49201 Second of fourteen, and they are nine. Be kind.", later(jeer.at, hours=10.5))
    sorry = tell.says(
        OSCAR,
        "@OakfieldPrimary Ignore the sh1theads. The kids were fab.",
        days.school_day(7, "08:25"),
        post,
    )
    tell.answers(sorry, "@otindlewick Sorry we missed this yesterday. They really were.", days.school_day(6, "12:25"))


def _mentions(tell: Chronicle, days: Days) -> None:
    press = tell.says(
        PAPER,
        "@OakfieldPrimary Hello, we're writing about the crossing on Mill Lane. Can the head comment today?",
        days.school_day(6, "11:05"),
    )
    tell.answers(
        press,
        "@RavenholtCour Hello. Please e-mail the office and somebody will come back to you.",
        later(press.at, minutes=40),
    )
    queue = tell.says(
        IFEOMA,
        "Third day running that nobody picks up the phone @OakfieldPrimary. My son has been sick since nine.",
        days.school_day(6, "13:20"),
    )
    tell.answers(
        queue,
        "@ifeomacastleden We are so sorry. Please try again now: the second line is open.",
        later(queue.at, minutes=45),
    )


def _grumbles(tell: Chronicle, days: Days) -> None:
    nits = tell.says(
        SHAZ,
        "@OakfieldPrimary your tweet about nits was rude. we aren't dirty we're skint",
        days.school_day(5, "18:50"),
    )
    tell.answers(
        nits,
        "@shazb_oakend You're right and we're sorry. It's gone, and there are free combs at the desk.",
        later(nits.at, hours=14.2),
    )
    posted = days.school_day(4, "16:14")
    outside = tell.says(
        SHAZ,
        "anyone else stuck outside @OakfieldPrimary waiting for the gate to open",
        posted,
        edits=(
            (
                later(posted, minutes=24),
                "stuck outside @OakfieldPrimary again. bloody useless, the whole fucking lot",
            ),
        ),
    )
    tell.answers(outside, "@shazb_oakend The lock had jammed. Open now, sorry!", later(posted, minutes=37))
    tell.says(
        OSCAR,
        "@OakfieldPrimary Is the reading list on the site yet? 📚",
        days.school_day(4, "12:10"),
        deleted_at=days.school_day(4, "18:00"),
    )


def _crossing(tell: Chronicle, days: Days) -> None:
    post = tell.post("The crossing on Mill Lane gets its new lights next week.", days.school_day(3, "09:00"))
    worried = tell.says(
        BUS,
        "@OakfieldPrimary Will the 27 still stop outside while they dig?",
        days.school_day(3, "09:40"),
        post,
    )
    posing = tell.says(
        LOOKALIKE,
        "@route27moans No idea, not our problem.",
        later(worried.at, hours=1),
        worried,
    )
    tell.answers(
        posing, "@OakfieldPrimry This is not our account, and it has been reported.", later(posing.at, hours=3)
    )
    tell.answers(
        worried,
        "@route27moans That wasn't us! The 27 will stop by the church while they dig.",
        later(posing.at, hours=3.1),
    )
    miss = tell.says(
        IFEOMA,
        "@OakfieldPrimary About time. Took a near miss to get it.",
        days.weekend("Sun", "09:15"),
    )
    tell.answers(
        miss,
        "@ifeomacastleden Agreed. We asked for three years, and we're glad nobody was hurt.",
        days.monday_after("07:51"),
    )
    dump = tell.says(TROLL, "@OakfieldPrimary shut the dump down", days.school_day(1, "07:50"), post)
    tell.answers(dump, "@nnn_49201 No plans to. Anything we can help with?", later(dump.at, hours=1.2))
    tell.says(MEL, "@OakfieldPrimary Which side do we queue on for now?", days.at(1, "16:35"), post)
    tell.says(BUS, "@OakfieldPrimary Diversion is up already, gate 2 is blocked.", days.at(0, "07:05"), post)
