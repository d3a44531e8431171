"""The page a person is given holds words of strangers, and none of them becomes part of the page."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from read_page import Page

from monitor.evidence.handing_out.person_page import person_page, seen

HOSTILE = "<script>alert('x')</script>\u202e\n<img src=x onerror=alert(1)>"


def page_with(text):
    """A page on which everything is this text."""
    comment = {
        "case": 1, "what": text, "where": text, "network": text, "network_id": text, "address": text, "author": text,
        "author_id": text, "written": text, "first_seen": text, "last_seen": text, "edited": text, "gone": text,
        "shown": text, "under": text, "versions": [{"number": n, "seen": text, "text": text} for n in (1, 2)],
        "attachments": [{"kind": text, "address": text}], "state": text, "due": text, "deadline": [text],
        "policy": text, "decisions": [{"at": text, "by": text, "action": text, "version": 1, "reason": text}],
        "flags": [dict.fromkeys(("category", "severity", "reason", "clause", "version", "found_by"), text)],
        "replies": [{"at": text, "gone": text, "versions": [text]}], "log": [text], "on_hold": True,
        "kept_until": text, "evidence": [{"kind": text, "folder": "evidence/1"}],
    }  # fmt: skip
    data = {
        "school": text, "program": text, "timezone": text, "made": text, "by": text, "names": [text], "ids": [text],
        "accounts": [text], "comments": [comment], "mentions": [{"at": text, "who": text, "text": text}],
        "notes": [{"at": text, "by": text, "text": text}], "not_included": [text],
    }  # fmt: skip
    return Page(person_page(data))


@settings(deadline=None)
@given(text=st.text(st.characters(categories=None), min_size=1, max_size=60))
@example(text=HOSTILE)
@example(text="{{ 7 * 7 }}{% raw %}</style></title></blockquote>")
def test_no_text_of_anybody_becomes_part_of_the_page(text):
    shown, plain = page_with(text), page_with("x")
    assert (shown.elements, shown.attributes) == (plain.elements, plain.attributes)


def test_what_cannot_be_seen_is_named():
    assert seen("a\u200bb\r\nc\u2028d\re\x00") == "a<U+200B ZERO WIDTH SPACE>b\nc\nd\ne<U+0000 CONTROL CHARACTER>"
