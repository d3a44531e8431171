"""Addresses of chats and watchers: which are taken, and what is said of the others, without them."""

import pytest
from pydantic import ValidationError

from alerts.chat import ChatFailed, ChatLine
from config.listening import Chat, Listening


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://outlook.example/secret", "begins with its kind"),
        ("secret", "begins with its kind"),
        ("msteams://a/b/secret/d", "workflows://"),
        ("mailto://me:secret@oakfield.example", "cannot be mail"),
    ],
)
def test_an_address_that_cannot_be_a_chat_is_refused_in_the_configuration(address, said):
    with pytest.raises(ValidationError) as refused:
        Chat(address=address)
    assert said in str(refused.value.errors()[0]["msg"])


def test_an_address_of_a_chat_is_taken():
    assert Chat(address=" workflows://host/a/b \n").address.get_secret_value() == "workflows://host/a/b"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense://secret", "no address that apprise knows"),
        ("json://chat.example/secret", "in clear; write its encrypted form, jsons://"),
        ("ntfy://chat.example/secret", "in clear"),
        ("jsons://chat.example/secret?verify=no", "verify=no"),
    ],
)
def test_what_would_be_told_in_clear_or_to_anybody_is_refused(address, said):
    with pytest.raises(ChatFailed, match=said) as refused:
        ChatLine([address]).check()
    assert "secret" not in str(refused.value)


def test_encrypted_addresses_and_those_on_this_machine_are_taken():
    slack = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#school"
    ChatLine(["json://127.0.0.1:1/", "json://localhost:1/", "jsons://chat.example/", slack, "ntfy://topic"]).check()


def test_one_chat_that_fails_keeps_no_other_from_being_told(monkeypatch):
    told = []
    monkeypatch.setattr("alerts.chat._notify", lambda plugin, text: told.append(text) or plugin.port == 1)
    with pytest.raises(ChatFailed) as failed:
        ChatLine(["nonsense://x", "json://127.0.0.1:2/", "json://127.0.0.1:1/"]).tell("Open the monitor.")
    assert failed.value.told
    assert len(told) == 2
    assert "number 1 is no address" in str(failed.value)
    assert "number 2 did not take it" in str(failed.value)


def test_without_apprise_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    with pytest.raises(ChatFailed, match=r"\[chat\]"):
        ChatLine(["json://127.0.0.1:1/"]).check()


def test_an_address_to_ping_is_encrypted_and_can_be_added_to():
    taken = Listening(ping_url="https://hc.example/ping/abc/")
    assert taken.ping_url.get_secret_value() == "https://hc.example/ping/abc"
    for wrong in ("http://hc.example/abc", "https://hc.example/abc?x=1", "hc.example"):
        with pytest.raises(ValidationError):
            Listening(ping_url=wrong)
