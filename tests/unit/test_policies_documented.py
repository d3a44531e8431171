"""docs/policies.md names every key a pack can have, in its own part, and none that it cannot."""

import re
from pathlib import Path
from typing import get_args

import pytest

from config.handling import (
    NEAREST,
    SILENT,
    Answer,
    Duty,
    HoldRule,
    HouseRule,
    KeepOutRule,
    OutgoingRule,
    RegisterField,
    RegisterRule,
    Reminder,
    Removal,
    Stage,
    TellRule,
)
from config.packs import known_packs
from config.policy import (
    CATEGORIES,
    CategoryRule,
    MessageRule,
    PolicyPack,
    ResponseRule,
    Retention,
    RetentionClass,
    Severity,
    Tag,
)
from config.schema import models_in

DOCS = (Path(__file__).parents[2] / "docs" / "policies.md").read_text("utf-8")
PARTS = {
    "At the top of the file": PolicyPack,
    "### Each kind of comment": CategoryRule,
    "\n`tell`:": TellRule,
    "\n`hold`:": HoldRule,
    "\n`keep_out`:": KeepOutRule,
    "### Escalation": Stage,
    "### House rules": HouseRule,
    "### The school's own posts": OutgoingRule,
    "### The register of accounts": RegisterRule,
    "### Direct messages": MessageRule,
    "### What else": Reminder,
    "### The clock": ResponseRule,
}
"""Each part of the page, how it begins, and the model whose keys its table lists."""


def keys_listed(beginning):
    """The keys in the first column of the first table after some words."""
    assert DOCS.count(beginning) == 1
    table = DOCS[DOCS.index(beginning) :]
    rows = table[table.index("| key | means |") :].split("\n\n")[0].splitlines()[2:]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row.split(" | ")[0])}


def keys_of(model):
    """Its keys. Tables of a pack are headings of their own; those of a category stand among its keys."""
    tables = {name for name, field in model.model_fields.items() if models_in(field.annotation)}
    return set(model.model_fields) - (tables if model is PolicyPack else set())


@pytest.mark.parametrize("beginning", PARTS)
def test_the_keys_of_each_table_are_those_of_the_schema(beginning):
    assert keys_listed(beginning) == keys_of(PARTS[beginning])


def test_every_table_of_a_pack_is_named():
    for name, field in PolicyPack.model_fields.items():
        if models_in(field.annotation):
            assert re.search(rf"`\[\[?(categories\.NAME|{name})\]", DOCS), name


def test_the_terms_of_keeping_are_named():
    for name in {*RetentionClass.model_fields, "unsettled_days", *Retention().classes(), "quarantine"}:
        assert f"`{name}`" in DOCS


@pytest.mark.parametrize("words", [Duty, Answer, Removal, RegisterField, Severity, Tag])
def test_every_word_a_key_can_have_is_explained(words):
    assert [word for word in get_args(words) if f"`{word}`" not in DOCS] == []


def test_the_ways_to_say_that_there_is_no_clause_are_explained():
    assert f'`"{SILENT}"`' in DOCS
    assert f'`"HEADING{NEAREST}"`' in DOCS


def test_every_pack_and_every_category_is_named():
    assert [name for name in known_packs() if f"| `{name}` |" not in DOCS] == []
    (fifteen,) = re.findall(r"The fifteen: `([^`]+)`", DOCS)
    assert fifteen.split() == list(CATEGORIES)
