"""Tokens from a web address that speaks OAuth 2 (RFC 6749): kept while they are good, and never shown."""

import json
from urllib.parse import parse_qs

import pytest
import requests

from alerts.sign_in import OAuthTokens
from alerts.transport import MailRefused
from alerts.web import asked_to_wait

SECRET, REFRESH = "plantedSecret0123", "plantedRefresh0123"


class Service(requests.Session):
    """A session that answers by itself. `answers`: (status, body) of each question, the last one for ever."""

    def __init__(self, *answers, headers=None, fails=None):
        super().__init__()
        self.answers, self.asked, self.more, self.fails = list(answers), [], headers or {}, fails

    def send(self, request, **_):
        self.asked.append({name: values[0] for name, values in parse_qs(request.body).items()})
        if self.fails:
            raise self.fails
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = requests.Response()
        answer.status_code, answer._content = status, body if isinstance(body, bytes) else json.dumps(body).encode()
        answer.headers.update(self.more)
        answer.request = request
        return answer


class Hands:
    """A clock that stands where it was put, in seconds."""

    at = 1000.0

    def __call__(self):
        return self.at


def good(number=1, life=3600):
    return 200, {"access_token": f"plantedToken{number}", "expires_in": life, "token_type": "Bearer"}


def tokens(service, hands=None, **more):
    url = "https://oauth2.example/token"
    return OAuthTokens(url, "client", SECRET, lambda: service, monotonic=hands or Hands(), **more)


def test_a_refresh_token_is_exchanged():
    service = Service(good())
    assert tokens(service, refresh_token=REFRESH, scope="mail").token() == "plantedToken1"
    assert service.asked == [
        {
            "client_id": "client",
            "client_secret": SECRET,
            "grant_type": "refresh_token",
            "refresh_token": REFRESH,
            "scope": "mail",
        }
    ]


def test_without_one_the_client_signs_in_by_itself():
    service = Service(good())
    tokens(service).token()
    assert service.asked[0]["grant_type"] == "client_credentials"


def test_a_token_is_used_until_shortly_before_its_end():
    service, hands = Service(good(1), good(2)), Hands()
    source = tokens(service, hands)
    assert source.token() == "plantedToken1"
    hands.at += 3600 - 121
    assert source.token() == "plantedToken1"
    hands.at += 2
    assert source.token() == "plantedToken2"


def test_a_token_somebody_refused_is_not_used_again():
    source = tokens(Service(good(1), good(2)))
    source.token()
    source.forget()
    assert source.token() == "plantedToken2"


@pytest.mark.parametrize("life", ["soon", None, -5, True, float("nan"), [], 0])
def test_a_token_whose_life_is_not_told_is_used_once(life):
    source = tokens(Service(good(1, life), good(2)))
    assert source.token() == "plantedToken1"
    assert source.token() == "plantedToken2"


@pytest.mark.parametrize("life", [float("inf"), 10**400])
def test_no_token_lives_for_more_than_a_day(life):
    hands = Hands()
    source = tokens(Service(good(1, life), good(2)), hands)
    source.token()
    hands.at += 86_400
    assert source.token() == "plantedToken2"


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"error": "invalid_grant", "error_description": "canary"}, "the refresh token has ended"),
        (401, {"error": "invalid_client"}, "client_id or its secret"),
        (400, {"error": "CANARY canary"}, "answer 400"),
        (500, b"canary", "answer 500"),
        (302, b"", "answer 302"),
        (200, b"canary", "answer 200"),
        (200, {"access_token": 5}, "answer 200"),
        (200, b"[" * 100_000, "answer 200"),
    ],
)
def test_a_refusal_says_what_to_do_and_repeats_nothing(status, body, words):
    with pytest.raises(MailRefused) as refused:
        tokens(Service((status, body)), refresh_token=REFRESH).token()
    assert not refused.value.permanent
    assert words in refused.value.reason
    assert not any(each in refused.value.reason for each in ("canary", SECRET, REFRESH))


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (requests.ConnectionError("canary"), "cannot be reached"),
        (requests.Timeout("canary"), "no whole answer in time"),
        (requests.exceptions.SSLError("canary"), "no secure connection"),
        (requests.exceptions.ProxyError("canary"), "web proxy"),
        (requests.exceptions.InvalidURL("canary"), "check the addresses"),
    ],
)
def test_a_failure_on_the_way_is_told_without_the_address(failure, words):
    with pytest.raises(MailRefused, match=words) as refused:
        tokens(Service(good(), fails=failure)).token()
    assert "canary" not in refused.value.reason
    assert refused.value.__suppress_context__


def test_what_it_asks_to_wait_is_passed_on():
    with pytest.raises(MailRefused) as refused:
        tokens(Service((429, b""), headers={"Retry-After": "77"})).token()
    assert refused.value.again_after.total_seconds() == 77


@pytest.mark.parametrize(
    "headers",
    [{}, {"Retry-After": ""}, {"Retry-After": "١٢"}, {"Retry-After": "9" * 400}, {"Retry-After": "1e3"},
     {"Retry-After": "Fri, 27 Nov 2026 08:10:00 GMT"}, {"Retry-After": "x", "Date": "y"},
     {"Retry-After": "Fri, 27 Nov 2026 08:10:00 GMT", "Date": "Fri, 27 Nov 2026 08:00:00"}],
)  # fmt: skip
def test_what_cannot_be_understood_asks_for_nothing(headers):
    assert asked_to_wait(headers) is None
