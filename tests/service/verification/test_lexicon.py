"""The word lists agree with one another."""

from collections import Counter

import pytest

from service.verification.lexicon import drug, entries, scales, within
from service.verification.words import load


@pytest.mark.parametrize(
    "name", ["abbreviations.toml", "drugs.toml", "ordinary.toml", "scales.toml", "synonyms.toml"]
)
def test_every_list_has_a_version_and_a_reason(name):
    table = load(name)
    assert table["version"] and len(table["reason"].split()) > 5


def test_no_phrase_stands_for_two_things():
    keys = Counter(
        e.stems
        for listed in entries().values()
        for e in {(e.stems, e.kind, e.key): e for e in listed}.values()
    )
    assert [stems for stems, count in keys.items() if count > 1] == []


def test_wider_words_are_members_of_a_scale():
    members = {member for scale in scales().values() for member in scale}
    assert {*within(), *(wider for listed in within().values() for wider in listed)} <= members


def test_brands_stand_for_generic_names():
    table = load("drugs.toml")
    assert set(table["brands"].values()) <= set(table["names"])
    assert drug("Zoloft") == "sertraline" and drug("table") is None


def test_a_drug_of_no_list_is_told_by_its_ending():
    assert drug("inventolol") == "inventolol"
