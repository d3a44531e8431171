"""Logs hold no secret, in no form, and nothing that an SDK tells while debugging."""

import logging
from logging import DEBUG, ERROR, INFO, WARNING
from urllib.parse import quote

import pytest

from monitor.logs import HIDDEN, start_logging

SECRET = 'planted"Token/of Oakfield+0123='
PASSWORD = "pw5"  # short ones are secrets as well


@pytest.fixture
def logged(capsys):
    """Logging with planted secrets, started on first use: `logged(record)` gives what came of it."""
    root = logging.getLogger()
    names = ("tweepy", "prawcore", "praw", "urllib3", "requests", "requests_oauthlib", "oauthlib", "apscheduler")
    before = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in names}

    def logged(name, level, *message, secrets=(SECRET, PASSWORD, ""), **options):
        start_logging(secrets, logging.DEBUG)
        logging.getLogger(name).log(level, *message, **options)
        return capsys.readouterr().err

    yield logged
    root.handlers[:], root.level = before[0], before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)


def test_a_line_names_its_time_level_and_part(logged):
    line = logged("monitor.collect", WARNING, "account %s: %d items", "facebook", 3)
    assert line.endswith(" WARNING monitor.collect: account facebook: 3 items\n")
    assert line[:4].isdigit()


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        SECRET.replace('"', '\\"'),
        f"access_token={quote(SECRET, safe='')}&limit=25",
        f"Bearer {SECRET}",
        f"password {PASSWORD}!",
    ],
)
def test_a_planted_secret_never_appears_in_any_form(logged, form):
    line = logged("monitor.collect", ERROR, "asked for %s", form)
    assert "planted" not in line
    assert PASSWORD not in line
    assert HIDDEN in line


def failing_with(words, cause):
    try:
        try:
            raise KeyError(cause)  # noqa: TRY301
        except KeyError as first:
            raise ValueError(words) from first
    except ValueError as error:
        return error


def test_a_planted_secret_never_appears_in_an_exception_or_its_cause(logged):
    error = failing_with(f"GET https://graph.facebook.com/?access_token={quote(SECRET)}", SECRET)
    text = logged("monitor.round", ERROR, "failed with %r", {"token": SECRET}, exc_info=error)
    assert "Traceback" in text
    assert "planted" not in text
    assert text.count(HIDDEN) >= 3


def test_a_planted_secret_never_appears_when_a_library_logs_badly(logged):
    text = logged("some.library", WARNING, "%d tokens", SECRET)
    assert "some.library" in text
    assert "planted" not in text


def test_a_secret_that_is_part_of_another_does_not_leave_the_rest_of_it_behind(logged):
    line = logged("monitor", WARNING, "planted-and-longer", secrets=["planted", "planted-and-longer"])
    assert line.endswith(f"monitor: {HIDDEN}\n")


def test_an_empty_secret_hides_nothing(logged):
    assert logged("monitor", WARNING, "plain words").endswith("monitor: plain words\n")


@pytest.mark.parametrize(
    "name", ["tweepy.client", "prawcore", "urllib3.connectionpool", "requests_oauthlib", "oauthlib"]
)
@pytest.mark.parametrize("level", [DEBUG, INFO])
def test_what_an_sdk_tells_while_debugging_is_not_let_through(logged, name, level):
    assert logged(name, level, "Request headers: the whole comment") == ""


def test_a_warning_of_an_sdk_is_let_through_without_secrets(logged):
    assert HIDDEN in logged("urllib3.connectionpool", WARNING, "Retrying after %s", SECRET)


def test_what_the_scheduler_says_of_a_failed_job_is_left_to_us(logged):
    error = failing_with("words of a comment", "")
    assert logged("apscheduler.executors.read", ERROR, "Job raised an exception", exc_info=error) == ""


def test_starting_twice_logs_each_line_once(logged):
    start_logging([SECRET])
    assert logged("monitor", WARNING, "once").count("once") == 1
