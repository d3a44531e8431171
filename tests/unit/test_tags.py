"""What kind of comment it is: only where that is plain to see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.tags import tags_of


@pytest.mark.parametrize("text", ["👍", "❤️❤️ 🎉", "👨‍👩‍👧‍👦", "👏🏽", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "☺️", " 🙏\n"])
def test_nothing_but_emoji_is_emoji_only(text):
    assert tags_of(text) == {"emoji_only"}


@pytest.mark.parametrize("text", ["", "  \n", "!!!", "…", "👍 ok", "©", "x", "10", "👍.", "\u200b", "+1"])
def test_anything_else_is_not_emoji_only(text):
    assert "emoji_only" not in tags_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks",
        "thank you!",
        "Thank you so much ❤️",
        "THANKS ALL xx",
        "many thanks. 👍🏽",
        "Diolch yn fawr",
        "Thanks!!",
    ],
)
def test_a_short_thank_you_is_thanks(text):
    assert tags_of(text) == {"thanks"}


@pytest.mark.parametrize(
    "text",
    ["thanks for nothing", "Thanks a lot", "Thank you but when is it", "Thanks 🙄", "thanks?", "No thanks",
     "Thanks Mrs Lee", "thank you for the detention", "thanks " * 3],
)  # fmt: skip
def test_a_thank_you_with_anything_more_is_not_thanks(text):
    assert "thanks" not in tags_of(text)


@pytest.mark.parametrize("text", ["@jo.bloggs", "@jo @sam_2, @a-b", "u/someone", "/u/someone @else"])
def test_nothing_but_names_is_tag_only(text):
    assert tags_of(text) == {"tag_only"}


@pytest.mark.parametrize("text", ["@jo look", "@", "jo@example.com", "@jo 👍", "Jo Bloggs", "@jo!"])
def test_names_with_anything_more_are_not_tag_only(text):
    assert "tag_only" not in tags_of(text)


@pytest.mark.parametrize(
    "text",
    ["What time is pick up?", "is the school closed", "Can I bring a pram", "do we need PE kit tomorrow",
     "Any news on the trip", "Hi, how much is it", "ok？", "when will the photos be up", "Please can you ring me"],
)  # fmt: skip
def test_an_open_question_is_a_question(text):
    assert "question" in tags_of(text)


@pytest.mark.parametrize(
    "text",
    ["What a lovely day", "When we were there it rained", "How lovely", "Do your best everyone", "Have a good break",
     "https://example.org/?page=2", "May half term already", "Why indeed", "Can't wait"],
)  # fmt: skip
def test_a_statement_is_not_a_question(text):
    assert "question" not in tags_of(text)


def test_a_very_long_comment_gets_no_tag():
    assert tags_of("?" * 20_000) == frozenset()


@given(st.text(st.characters(categories=None) | st.sampled_from("?@👍 thanks"), max_size=100))
def test_tagging_never_raises_and_knows_four_tags(text):
    tags = tags_of(text)
    assert tags <= {"emoji_only", "thanks", "tag_only", "question"}
    assert len(tags & {"emoji_only", "thanks", "tag_only"}) <= 1
