"""What a pack says beside the clock and the kinds of comment: ladder, house rules, own posts, accounts, keeping."""

from __future__ import annotations

from collections.abc import Iterator

from config.handling import OutgoingRule, RegisterRule, Stage
from config.policy import PolicyPack, RetentionClass
from monitor.policy_page.terms import Said, listed, people
from monitor.words import register_words

_LOOKED_FOR = {
    "full_names": "a child's surname",
    "tags": "tags of pupils or staff",
    "contact_details": "private telephone numbers and addresses",
    "promises": "promises",
    "opted_out": "anybody who is not to be shown or named",
}
_CLASSES = {
    "ordinary": "Comments that nobody flagged",
    "flagged": "Flagged comments",
    "complaint": "Complaints",
    "safeguarding": "What belongs in the child-protection file",
    "quarantine": "Items that nobody could read",
}
_COUNTED_FROM = {
    "received": "after they came in",
    "settled": "after they were settled",
    "decided": "after the last decision",
    "passed_on": "after they were passed on, and never before",
}


def stage(each: Stage) -> Said:
    """One step of the ladder."""
    when = ", at any time" if each.at_any_time else ""
    by = listed([people([duty]) for duty in each.by], "or")
    return Said(f"{each.what} Recorded by {by}{when}.", each.clause)


def own_posts(rule: OutgoingRule) -> dict[str, Said]:
    """What is looked for in what the school itself publishes, and who hears of it, by topic."""
    wanted = [words for name, words in _LOOKED_FOR.items() if getattr(rule, name)]
    if not wanted:
        return {"looked for": Said("Its own posts and replies are not looked through.", rule.clause)}
    tell = people(rule.tell[:1]) + "".join(f", or else {people([duty])}" for duty in rule.tell[1:])
    return {
        "looked for": Said(f"Its own posts and replies are looked through for {listed(wanted)}."),
        "told": Said(f"Told of it, quietly: {tell}.", rule.clause),
    }


def accounts(rule: RegisterRule) -> dict[str, Said]:
    """What an account needs, by topic."""
    wanted = {
        "approval": f"Before it is used: the signature of {people(rule.approved_by)}."
        if rule.approved_by
        else "No signature is asked for.",
        "people": f"At least {rule.administrators} who can sign in and {rule.moderators} who look after comments.",
        "register": f"The register says {listed([register_words(need) for need in rule.needs])}."
        if rule.needs
        else "The register need say nothing more.",
        "link": "Its description links to the policy." if rule.policy_link else "It need not link to the policy.",
        "address": "It is registered to an e-mail address of the school."
        if rule.official_address
        else "It may be registered to any e-mail address.",
        "neglect": f"It counts as neglected after {rule.quiet_days} days on which the school published nothing.",
    }
    return {topic: Said(words, rule.clause) for topic, words in wanted.items()}


def keeping(pack: PolicyPack) -> dict[str, Said]:
    """How long what is stored stays stored, by class."""
    classes = {**pack.retention.classes(), "quarantine": pack.retention.quarantine}
    return {name: _kept(name, each) for name, each in classes.items()}


def _kept(name: str, each: RetentionClass) -> Said:
    return Said(f"{_CLASSES[name]}: {each.days} days {_COUNTED_FROM[each.counted_from]}.", each.clause)


def asked_of_accounts(rule: RegisterRule) -> Iterator[Said]:
    """What an account needs, without what goes without saying."""
    said = accounts(rule)
    for topic, words in said.items():
        if (topic != "link" or rule.policy_link) and (topic != "address" or rule.official_address):
            yield words
