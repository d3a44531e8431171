"""How an account's settings become a connector, and what it may use."""

import pytest
from configuration_file import GOOD, load

from config.accounts import AccountBase, OtherAccount
from config.loading import warnings
from config.schema import models_in
from config.settings import Tables
from connectors.base import MESSAGES
from monitor.clock import system_clock
from monitor.connecting import _BUILDERS, Line, allotment_of, build_connector, credential_of

MODELS = models_in(Tables.model_fields["accounts"].annotation)
FORBIDS = '[messages]\nread = "forbidden"\nclause = "Acceptable use"\n'


def settings(folder, more="", **files):
    return load(folder, GOOD.replace('page_id = "1001"', f'page_id = "1001"\n{more}'), **files)


def test_every_network_of_the_configuration_can_be_built():
    assert set(_BUILDERS) | {OtherAccount} == set(MODELS)
    assert all(issubclass(model, AccountBase) for model in MODELS)


@pytest.mark.parametrize(
    ("more", "read"), [("", False), ("read_messages = false", False), ("read_messages = true", True)]
)
def test_messages_are_read_only_where_the_account_says_so(tmp_path, more, read):
    made = settings(tmp_path, more)
    connector = build_connector(made.accounts[0], made, system_clock)
    assert (MESSAGES in connector.capabilities.streams) is read


def test_a_policy_that_forbids_it_is_stronger_than_the_accounts_setting(tmp_path):
    made = settings(tmp_path, "read_messages = true")
    forbidding = made.policy.messages.model_copy(update={"read": "forbidden", "clause": "Acceptable use"})
    made = made.model_copy(update={"policy": made.policy.model_copy(update={"messages": forbidding})})
    assert not Line(made, system_clock).reads_messages(made.accounts[0])
    assert MESSAGES not in build_connector(made.accounts[0], made, system_clock).capabilities.streams
    note = next(each for each in warnings(made, made.policy.review_by) if "direct messages" in each)
    assert "Acceptable use" in note
    assert "has no effect" in note


def test_credentials_are_known_apart_and_cannot_be_read_from_their_name(tmp_path):
    first = settings(tmp_path).accounts[0]
    other = first.model_copy(update={"page_id": "1002", "key": "second"})
    assert credential_of(first) == credential_of(other), "one token for two pages is one allowance"
    secret = first.access_token.get_secret_value()
    assert secret not in credential_of(first)
    assert credential_of(first).startswith("facebook_page:")


def test_only_a_network_that_costs_money_has_a_cap(tmp_path):
    allotment = allotment_of(settings(tmp_path, "calls_per_day = 50").accounts[0], by_hand=False)
    assert (allotment.calls_per_day, allotment.price_usd, allotment.monthly_cap_usd) == (50, 0.0, 0.0)
