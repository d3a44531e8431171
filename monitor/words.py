"""How we say things to people: one place for each word on a screen or in a mail. British English."""

from __future__ import annotations

from monitor.model import Action, Category, OutgoingKind, ResponseState

_CATEGORIES = {
    Category.ABUSE: "insult",
    Category.PROFANITY: "swearing",
    Category.HATE: "hate",
    Category.THREAT: "threat",
    Category.SEXUAL: "sexual",
    Category.BULLYING: "bullying",
    Category.GROOMING: "contact with a child",
    Category.SELF_HARM: "self-harm",
    Category.PERSONAL_DATA: "personal details",
    Category.ALLEGATION: "allegation",
    Category.SPAM: "spam",
    Category.MEDIA_ENQUIRY: "media enquiry",
    Category.TAKEDOWN_REQUEST: "request to take something down",
    Category.COMPLAINT: "complaint",
    Category.QUESTION: "question",
    Category.COULD_NOT_BE_CHECKED: "could not be checked",
}
_STATES = {
    ResponseState.NO_REPLY_NEEDED: "no reply needed",
    ResponseState.SPAM: "spam",
    ResponseState.ANSWERED_IN_TIME: "answered in time",
    ResponseState.ANSWERED_LATE: "answered late",
    ResponseState.ACTIONED: "dealt with in time",
    ResponseState.ACTIONED_LATE: "dealt with late",
    ResponseState.WITHDRAWN: "withdrawn",
    ResponseState.MISSED_WITHDRAWN: "taken away after it was overdue",
    ResponseState.HELD: "held: not to be answered",
    ResponseState.OPEN: "to answer",
    ResponseState.OVERDUE: "overdue",
    ResponseState.OVERDUE_UNCONFIRMED: "may be overdue: not read since its deadline",
}
_OUTGOING = {
    OutgoingKind.FULL_NAME: "a child's first name and surname",
    OutgoingKind.TAG: "a tag of somebody",
    OutgoingKind.CONTACT_DETAILS: "a telephone number or e-mail address that is not known to be the school's",
    OutgoingKind.PROMISE: "words that commit the school to something",
    OutgoingKind.OPTED_OUT: "somebody on the list of those not to be shown or named",
    OutgoingKind.NOT_CHECKED: "something that could not be checked",
    OutgoingKind.REPORTED: "something wrong, as a person says",
}
_OUTGOING_STEPS = {
    OutgoingKind.FULL_NAME: (
        "Have the surname taken out, so that the first name stands alone, or the picture taken down.",
    ),
    OutgoingKind.TAG: ("If it is a pupil or a member of staff, have the tag taken out.",),
    OutgoingKind.CONTACT_DETAILS: (
        "Have it taken out, unless it is the school's own: then add it to own_contacts under [outgoing].",
    ),
    OutgoingKind.PROMISE: (
        "See whether whoever wrote it was free to promise it. If not, have it put right where it was said.",
    ),
    OutgoingKind.OPTED_OUT: ("Have the name and any picture of that person taken down today.",),
    OutgoingKind.NOT_CHECKED: ("Look at it yourself, and have the file of names mended: school-monitor check",),
    OutgoingKind.REPORTED: (
        "Have it taken down or put right, and write down what it was and when.",
        "Never copy a picture that may be indecent: that is for the designated safeguarding lead and the police.",
        "Decide who else must know: the family, the designated safeguarding lead, the data protection officer.",
    ),
}
_IN_REGISTER = {
    "aim": "what the account is for",
    "audience": "for whom",
    "promotion": "how its readers hear of it",
    "access": "whether it is open or closed",
    "posters": "who publishes on it",
    "token_owner": "on whose sign-in the program's access hangs",
    "live_from": "when it goes live",
    "closes_on": "when it is to close",
}
_DONE = {
    Action.HIDE: "hidden",
    Action.DELETE: "deleted",
    Action.BLOCK: "blocked",
}
_REGIONS = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
_KINDS = {
    "comment": "Comment",
    "reply": "Reply",
    "mention": "Mention",
    "message": "Message",
    "review": "Review",
    "other": "Item",
}


def category_words(category: Category) -> str:
    """A category in a word or two."""
    return _CATEGORIES[category]


def state_words(state: ResponseState) -> str:
    """A response state in a few words."""
    return _STATES[state]


def words_beside_deadline(state: ResponseState) -> str:
    """The same where the deadline follows: what is open is to be answered by then."""
    return "answer by" if state is ResponseState.OPEN else state_words(state)


def outgoing_words(kind: OutgoingKind) -> str:
    """What was found in the school's own words, in a few of ours."""
    return _OUTGOING[kind]


def outgoing_steps(kind: OutgoingKind) -> tuple[str, ...]:
    """What to do about it."""
    return _OUTGOING_STEPS[kind]


def done_words(action: Action) -> str:
    """What was done on a network, as a participle: "hidden"."""
    return _DONE.get(action, action.value.replace("_", " "))


def region_words(region: str | None) -> str:
    """Whose bank holidays count."""
    return _REGIONS[region] if region else "none"


def kind_words(kind: str) -> str:
    """What sort of item it is."""
    return _KINDS.get(kind, "Item")


def register_words(field: str) -> str:
    """What a field of the register says about an account."""
    return _IN_REGISTER[field]
