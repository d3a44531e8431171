"""The words in a piece of HTML."""

import html
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.html_text import text_of, typed_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>When is the fair?</p>\n", "When is the fair?"),
        ("<p>One</p>\n<p>Two<br />three</p>", "One\n\nTwo\nthree"),
        ("Fish &amp; chips &lt;3 &#8217;", "Fish & chips <3 ’"),
        ('<a href="https://example.invalid/x?a=1&amp;b=2">here</a>', "here"),
        ('<span class="h-card"><a href="#">@<span>school</span></a></span> hello', "@school hello"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "abc"),
        ("<ul><li>eggs</li><li>milk</li></ul>", "eggs\n\nmilk"),
        ("<pre>a  b\n c</pre>", "a  b\nc"),
        ("a < b and c > d", "a < b and c > d"),
        ("&nbsp;<img src=x onerror=alert(1)>no words", "\xa0no words"),
        ("", ""),
        ("<p", "<p"),
        ("a<!-- <p>b</p> -->c<!-- d", "ac"),
        ("a<script>b<script>c</script>d", "ad"),
    ],
)
def test_what_the_author_wrote_is_left(html, text):
    assert text_of(html) == text


@given(
    st.text()
    | st.lists(st.sampled_from(["<p>", "</p>", "<br>", "<script>", "&amp", "&#x", "<!--", "a "])).map("".join)
)
@example("<![CDATA[")
@example("<!doctype")
@example("\ud800<p>")
def test_nothing_makes_it_raise_and_no_script_tag_is_left(html):
    assert "<script>" not in text_of(html)


@given(
    st.text(st.characters(blacklist_characters="<&", blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1)
)
def test_words_without_markup_stay_as_they_are(text):
    assert text_of(f"<p>{text}</p>") == text


@pytest.mark.parametrize("piece", ["<p>", "<b><i>", "&", "<", "<!--", "x ", "<a href='", "</p>", "&#", "<script>"])
def test_cost_grows_in_step_with_the_length(piece):
    def cost(size):
        html = (piece * size)[:size]
        times = []
        for _ in range(3):
            started = time.process_time()
            text_of(html)
            times.append(time.process_time() - started)
        return min(times)

    assert cost(100_000) < 40 * max(cost(10_000), 0.005)


@given(st.text(st.characters(blacklist_categories=("Cs",))))
def test_what_was_typed_is_kept_to_the_letter_once_its_markup_is_undone(text):
    assert typed_text(html.escape(text, quote=False)) == text


def test_tags_in_what_was_typed_go_and_its_lines_stay():
    assert (
        typed_text("The gate was <b>locked</b>\n\n\n  &amp; nobody came ")
        == "The gate was locked\n\n\n  & nobody came "
    )
