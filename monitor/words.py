"""How we say things to people: one place for each word on a screen or in a mail. British English."""

from __future__ import annotations

from monitor.model import Action, Category, ResponseState

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


def done_words(action: Action) -> str:
    """What was done on a network, as a participle: "hidden"."""
    return _DONE.get(action, action.value.replace("_", " "))


def region_words(region: str | None) -> str:
    """Whose bank holidays count."""
    return _REGIONS[region] if region else "none"


def kind_words(kind: str) -> str:
    """What sort of item it is."""
    return _KINDS.get(kind, "Item")
