"""The later threads on Oakfield Primary School's Facebook page, up to the morning the story ends. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.demo.oakfield_people import (
    BEV,
    CARL,
    DANUTA,
    GARETH,
    HANNAH,
    JOSIE,
    KEV,
    LIAM,
    MO,
    NIA,
    PRIYA,
    RUTH,
    SANDRA,
    TOM,
    WIN,
)
from monitor.demo.story import Chronicle, Days, later
from monitor.demo.world import StoryPost


def tell_recent(tell: Chronicle, days: Days) -> None:
    """Write the later threads, oldest first."""
    _lost_property(tell, days)
    _clubs(tell, days)
    _weekend(tell, days)
    _still_open(tell, days, _water(tell, days))


def _lost_property(tell: Chronicle, days: Days) -> None:
    post = tell.post(
        "The lost property box is full again. Come and rescue your cardigans.", days.school_day(4, "09:30")
    )
    cardigan = tell.says(
        GARETH, "Is there a navy one, age 7-8, with a ladybird button?", days.school_day(4, "10:05"), post
    )
    tell.answers(cardigan, "There is! It's behind the office desk for you.", later(cardigan.at, hours=1.4))
    scooter = tell.says(
        NIA,
        "We've picked up someone's green scooter by mistake. Bringing it back.",
        days.school_day(4, "12:20"),
        post,
    )
    tell.answers(scooter, "Thank you for being so honest.", later(scooter.at, minutes=40))
    bags = tell.says(
        SANDRA,
        "That's the third PE bag that has walked since half term. I'd like to know what's being done about it.",
        days.school_day(3, "08:30"),
        post,
    )
    tell.answers(
        bags,
        "Sorry, Sandra. We're going through every peg at lunchtime and will ring you by three.",
        later(bags.at, hours=2.1),
    )


def _clubs(tell: Chronicle, days: Days) -> None:
    post = tell.post("The new list of after-school clubs is on our website.", days.school_day(3, "11:20"))
    chess = tell.says(TOM, "Any places left in chess?", days.school_day(3, "12:40"), post)
    tell.answers(chess, "Two, Tom. Shall we put one aside?", later(chess.at, hours=1.6))
    drama = tell.says(
        RUTH, "I can't see drama on the list. Has it been cancelled?", days.school_day(3, "13:05"), post
    )
    told = tell.answers(drama, "Not cancelled, just moved to next term's list.", later(drama.at, hours=1.2))
    paid = tell.says(
        RUTH, "Thanks, but we've already paid for it. Who gives us the money back?", later(told.at, hours=1), told
    )
    tell.answers(paid, "The office will, today. Sorry, Ruth!", later(paid.at, minutes=35))
    letter = tell.says(JOSIE, " ".join(A_LETTER.split()), days.school_day(3, "21:30"), post)
    tell.answers(
        letter,
        "Josie, I have read every word and you are right. I'll find you at the gate this afternoon, and there will "
        "be a bean in a pot. Mrs Ali",
        later(letter.at, hours=11.4),
    )
    hateful = tell.says(
        KEV,
        "Course they're full. Foreign scum get first pick of everything round here.",
        days.school_day(2, "22:05"),
        post,
    )
    tell.answers(
        hateful,
        "Places go in the order the forms come in. Every family here is welcome; talk like this is not.",
        later(hateful.at, hours=10.6),
    )


def _weekend(tell: Chronicle, days: Days) -> None:
    post = tell.post("Thank you for a lovely week. Have a restful weekend!", days.weekday_before("Fri", "15:30"))
    gate = tell.says(
        GARETH,
        "Which gate do we use next week while the path is dug up?",
        days.weekday_before("Fri", "16:10"),
        post,
    )
    tell.answers(gate, "The one on Orchard Lane, Gareth, all week.", later(gate.at, minutes=15))
    library = tell.says(PRIYA, "Is the library open before school again now?", days.weekend("Sat", "19:25"), post)
    kit = tell.says(DANUTA, "Do they need PE kit on the first day back?", days.weekend("Sun", "10:05"), post)
    tell.answers(kit, "Yes please, Danuta.", days.monday_after("07:40"))
    tell.answers(library, "It is! From ten past eight, with Mrs Ellerwick.", days.monday_after("07:43"))
    prize = tell.says(
        WIN,
        "<script>alert('hello')</script><b>Free uniforms</b> for every parent!",
        days.weekend("Sun", "15:15"),
        post,
    )
    tell.answers(prize, "Not from us, everyone. Please don't press anything.", days.monday_after("07:46"))


def _water(tell: Chronicle, days: Days) -> StoryPost:
    post = tell.post(
        "The water is off in half the building. We are open, but please send a full bottle.",
        days.school_day(2, "07:40"),
    )
    hall = tell.says(HANNAH, "Are Year 2 in the hall or their own room?", days.school_day(2, "07:52"), post)
    tell.answers(hall, "In the hall, where the taps work.", later(hall.at, minutes=18))
    cross = tell.says(
        CARL,
        "Are you taking the piss? Every bloody year it's the same shit and every year you act surprised.",
        days.school_day(2, "08:35"),
        post,
    )
    tell.answers(
        cross,
        "We're fed up too, Carl. It's the main in the road again and the engineers are here now.",
        later(cross.at, minutes=55),
    )
    tell.garbles(MO, days.school_day(2, "09:10"), post, _without_a_readable_time)
    return post


def _without_a_readable_time(own_id: str) -> Mapping[str, Any]:
    return {
        "id": own_id,
        "from": {"id": MO.id, "name": MO.name},
        "message": "Is the nursery open as well?",
        "created_time": "some time this morning",
    }


def _still_open(tell: Chronicle, days: Days, post: StoryPost) -> None:
    back = tell.says(DANUTA, "Is the water back on?", days.school_day(1, "08:40"), post)
    tell.answers(back, "Yes, Danuta, since eight o'clock.", later(back.at, minutes=12))
    plan = tell.says(
        TOM,
        "Could we have the next plan a bit earlier than this one, please?",
        days.school_day(1, "13:25"),
        post,
    )
    tell.answers(plan, "We'll aim for six the evening before, Tom.", later(plan.at, hours=1.1))
    tell.says(
        BEV,
        "My daughter had nothing to drink from ten till home time. I'd like to hear what was done about it.",
        days.at(1, "17:50"),
        post,
    )
    tell.says(LIAM, "Head's a moron. Couldn't run a bath.", days.at(1, "21:10"), post)
    tell.says(PRIYA, "Morning! Is breakfast club on as normal?", days.at(0, "06:55"), post)
    tell.says(MO, "Is the back gate unlocked yet? There's a queue.", days.at(0, "07:25"), post)


A_LETTER = """I'm going to write this once, and I'd be glad if somebody read to the end before answering.

When the club list came out I sat down at half past seven with a cup of tea and the form. I have three in the
school, so that is three forms. The first went through. The second told me I was "not a parent at this school",
which was news to my children. The third asked me to sign in, and then asked me again, and then again, until the
tea was cold and football was full.

So I rang. I don't blame whoever was on the phones, it can't be much fun, but I was number eleven in the queue
and it cut off when I got to number two. I rang again and was number fourteen. By then I'd have been quicker on
foot, so I put the baby in the buggy and walked down in the rain. I was told, very politely, that it's all done
online now and that nobody at the desk can add a name to a list. I asked who could. Nobody knew. I asked whether
there's a waiting list. There might be one, I was told, but it isn't kept at the office.

I went home and wrote an e-mail, with all three names and classes and the clubs in order of choice. I got a
reply straight away, which cheered me up, until I saw that it was the automatic one that says somebody will be
in touch within five days. That was eight days ago. I wrote again. I got the automatic one again. I've now got a
collection. I'd also swapped a shift to be at home for it, and I don't get that morning back, and neither does
the baby, who had a streaming cold by the weekend and kindly gave it to the rest of us.

Meanwhile the list has gone up and it looks to me as if the same families have got everything they asked for,
because they happened to be sitting at a computer at the right minute, and those of us on a bus or at work have
got nothing. My eldest wanted one thing, and it was the gardening club, and he'd already chosen his beans. You
try telling him.

I'm not after special treatment. What I'd like is this. First, tell us the day and the hour before the form
opens, and don't make it half past seven on a working morning. Second, let people with no computer put their
names down on paper. Third, share the places out: one first choice for every child who asks, before anybody gets
a second. Fourth, keep a waiting list where we can see it. And fifth, when somebody writes to you, please write
back, even if it's only to say that you've seen it. That one would cost you nothing at all.

I've been coming through those gates for eleven years and I've never once complained on here. The teachers are
lovely and the gardening is lovely and I dare say the form looked lovely in the meeting. It doesn't work. Please
don't tell me that it's the supplier's fault, because I didn't choose the supplier.

I'd be grateful for a proper answer from a real person, with a name at the bottom. I'll be at the gate tomorrow
as usual, the one in the yellow coat with the buggy, if anybody would rather say it to my face. If nobody can
put a name to a list then perhaps somebody can at least put a bean in a pot, and I'll tell him it's from you."""
