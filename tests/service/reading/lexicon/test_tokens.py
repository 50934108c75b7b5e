"""Text as words with exact places."""

import pytest

from service.reading.lexicon import tokens

WORDS = [
    ("doesn't", ["not"]),
    ("can't", ["cannot"]),
    ("?PE", ["query", "pe"]),
    ("+SI, -HI", ["pos", "si", ",", "neg", "hi"]),
    ("SI (-)", ["si", "answered-no"]),
    ("p.r.n.", ["prn"]),
    ("n/v/d", ["n/v/d"]),
    ("SI/HI", ["si", "/", "hi"]),
    ("self-harm", ["self", "harm"]),
    ("re-started", ["restarted"]),
    ("50mg", ["50", "mg"]),
    (".5 mg", ["0.5", "mg"]),
    ("x6", ["x", "6"]),
    ("afebrile", ["non", "fever"]),
    ("w/o pain", ["w/o", "pain"]),
    ("mother’s", ["mother"]),
]


@pytest.mark.parametrize(("text", "keys"), WORDS)
def test_words_are_looked_up_as_they_are_meant(text: str, keys: list[str]) -> None:
    assert [token.key for token in tokens(text)] == keys


def test_places_are_those_of_the_text() -> None:
    text = "Her mother's self-harm: x3, 1,200 mg w/o “effect”."
    said = [text[token.start : token.end] for token in tokens(text)]
    assert said[:4] == ["Her", "mother's", "self", "harm"]
    assert "1,200" in said
    assert "w/o" in said


def test_a_word_that_owns_and_a_word_that_joins_are_told() -> None:
    owner, joined = tokens("mother's well-groomed")[0], tokens("mother's well-groomed")[2]
    assert owner.owns
    assert joined.joins
