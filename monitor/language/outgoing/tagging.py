"""Tags of people in what a school publishes: @names that are neither the school's, nor an organisation's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.language.normalise import normalise
from monitor.language.outgoing.facts import OwnPeople, Published

_HANDLE = re.compile(r"(?<![\w@./])@([a-z0-9_](?:[\w.-]{0,60}\w)?)(?:@[\w.-]{1,100})?")
_LEADING = re.compile(r"(?:\s*@[\w.-]+)+")
_ORGANISATION = re.compile(
    r"school|high$|academ|college|universit|trust|council|gov|police|fire|nhs|ofsted|church|diocese|parish|library|museum"
    r"|gallery|theatre|charit|foundation|nspcc|childline|unicef|rspb|rspca|barnardo|samaritans|comicrelief|rednose"
    r"|childreninneed|pudsey|bbc|itv|sky|channel|news|radio|tv|press|guardian|times|telegraph|gazette|echo|herald"
    r"|official|uk$|_uk|\buk|england|scotland|wales|nireland|fc$|afc|rfc|cricket|football|rugby|netball|hockey|swim"
    r"|athletic|sport|youth|scout|guide|brownie|club|centre|center|society|association|community|town|city|borough"
    r"|books|publish|author|writer|poet|illustrat|music|orchestra|choir|drama|dance|science|maths|stem|coding|phonics"
    r"|reading|literacy|education|teach|learn|primary|infant|junior|nursery|ptfa|pta$|pta_|governor|zoo|farm|park"
    r"|nature|wildlife|forest|garden|trail|cafe|shop|store|catering|coach(?:es|travel)|travel|events?|festival|co\.|ltd"
)


def handles_in(published: Published, own: OwnPeople) -> Iterator[tuple[int, int]]:
    """Where @names stand that may be a pupil's or a member of staff's. Never raises; linear.

    The first words of a reply name those it answers; they have a part in the conversation.
    """
    if "@" not in published.text and "＠" not in published.text:
        return
    plain = normalise(published.text)
    known = own.handles | own.contacts | {each.lstrip("@").casefold() for each in published.talking}
    leading = _LEADING.match(plain.text) if published.is_reply else None
    for match in _HANDLE.finditer(plain.text, leading.end() if leading else 0):
        name = match.group(1)
        if {name, f"@{name}", match.group()} & known or _ORGANISATION.search(name):
            continue
        yield plain.original_span(match.start(), match.end())
