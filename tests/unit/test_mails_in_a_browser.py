"""Every mail in a real browser: on a narrow screen nobody scrolls sideways, and every word stands out."""

import pytest
from all_mails import all_mails, page_of
from mail_browser import mail_browser
from mail_samples import DIGEST, ENVELOPE, HOSTILE, hostile
from pressing_samples import SERIOUS, URGENT

from alerts.render import render_digest, render_serious, render_urgent
from monitor.evidence.outside.browser import find_browser

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no Chromium is installed on this machine")

NARROW = 320
GROUNDS = {"light": [255, 255, 255], "dark": [18, 18, 18]}
MAILS = all_mails()


@pytest.fixture(scope="module")
def browser():
    with mail_browser() as running:
        yield running


@pytest.mark.parametrize("name", sorted(MAILS))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_screen_and_every_word_stands_out(browser, name, scheme):
    browser.show(page_of(MAILS[name]), NARROW, scheme)
    assert browser.width() <= NARROW
    found = browser.contrasts(GROUNDS[scheme])
    assert len(found) > 5
    assert [each for each in found if each[1] < 4.5] == []
    assert min(size for *_, size in found) >= 13


@pytest.mark.parametrize(
    ("render", "message"), [(render_digest, DIGEST), (render_serious, SERIOUS), (render_urgent, URGENT)]
)
def test_endless_words_make_no_page_wider(browser, render, message):
    assert "W" * 100 in HOSTILE
    browser.show(page_of(render(hostile(message), ENVELOPE)), NARROW, "light")
    assert browser.width() <= NARROW
