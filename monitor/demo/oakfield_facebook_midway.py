"""The middle threads on Oakfield Primary School's Facebook page: parking and the quiz night. All invented."""

from __future__ import annotations

from monitor.demo.oakfield_people import (
    BEV,
    CARL,
    DEAN,
    HANNAH,
    IMPOSTOR,
    LIAM,
    MO,
    RUTH,
    SANDRA,
)
from monitor.demo.story import Chronicle, Days, later
from monitor.demo.world import StoryPost


def tell_midway(tell: Chronicle, days: Days) -> None:
    """Write the middle threads, oldest first."""
    _parking(tell, days)
    _quiz_night(tell, days)


def _parking(tell: Chronicle, days: Days) -> None:
    post = tell.post(
        "Please keep the zigzags and our neighbours' drives clear at drop-off and pick-up.",
        days.school_day(7, "08:55"),
    )
    civil = tell.says(
        RUTH,
        "With respect, we've been told this every term and nothing changes. Could somebody stand out there?",
        days.school_day(7, "09:30"),
        post,
    )
    tell.answers(civil, "We'll be at the gate both ends of the day from tomorrow, Ruth.", later(civil.at, hours=3))
    _threats(tell, days, post)
    blocked = tell.says(
        SANDRA,
        "I was boxed in for forty minutes this morning and nobody came out to help. I'd like to complain properly, "
        "who do I write to?",
        days.school_day(5, "08:50"),
        post,
    )
    tell.says(
        IMPOSTOR, "We do not deal with complaints on here. Stop posting.", later(blocked.at, hours=1.5), blocked
    )
    puzzle = tell.says(
        LIAM,
        "\u202esloof fo hcnub\u202c You're all i\u200bd\u200bi\u200bo\u200bt\u200bs and everyone knows.",
        days.school_day(4, "18:40"),
        post,
    )
    tell.answers(
        puzzle, "If something has upset you, Liam, please come in and tell us.", later(puzzle.at, hours=14.5)
    )


def _threats(tell: Chronicle, days: Days, post: StoryPost) -> None:
    clowns = tell.says(DEAN, "Pathetic. Useless bunch of clowns, the lot of you.", days.school_day(6, "18:15"), post)
    # Nobody answers this one: the policy asks that the head is told and nothing is said back.
    tell.says(
        DEAN,
        "So you wrote down my number plate, Mrs Ellerwick. I know where you park. You'd better watch your back.",
        days.school_day(6, "20:47"),
        post,
    )
    tell.answers(
        clowns, "We'll gladly talk about the parking, Dean, but not like this.", later(clowns.at, hours=13.9)
    )


def _quiz_night(tell: Chronicle, days: Days) -> None:
    post = tell.post("PTA quiz night is back! Tables of eight, bring your own nibbles.", days.school_day(6, "10:15"))
    tell.says(
        CARL,
        "Is Mrs Ellerwick on the door again? After last time I won't be the only one staying at home.",
        days.school_day(6, "11:40"),
        post,
        deleted_at=days.school_day(6, "15:05"),
    )
    table = tell.says(HANNAH, "A table for the Quillbys and friends, please!", days.school_day(6, "13:10"), post)
    tell.answers(table, "You're down for table six.", later(table.at, minutes=50))
    price = tell.says(MO, "How much are tickets, and can we pay on the night?", days.school_day(5, "09:35"), post)
    tell.answers(price, "£4, cash only.", later(price.at, hours=1.3), deleted_at=days.school_day(5, "17:20"))
    evening = days.school_day(4, "11:15")
    excited = tell.says(
        BEV,
        "Looking forward to this one!",
        evening,
        post,
        edits=(
            (later(evening, hours=2.5), "Was looking forward to this. The organisers are a bunch of stupid cows."),
        ),
    )
    tell.answers(excited, "So are we, Bev! See you there.", later(evening, minutes=40))
