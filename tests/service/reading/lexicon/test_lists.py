"""The lists agree with themselves."""

from collections import defaultdict

from service.reading.assertions import Concept, Kind
from service.reading.lexicon import implies, members, opposite, scale, stem
from service.reading.lexicon.abbreviations import _short
from service.reading.lexicon.lists import load
from service.reading.lexicon.names import named
from service.reading.lexicon.relations import wider
from service.reading.lexicon.tokens import tokens


def keys() -> set[str]:
    return {concept.key for _, concepts in named() for concept in concepts}


def c(key: str) -> Concept:
    return Concept(Kind.WORD, key)


def test_no_name_names_two_things() -> None:
    meant = defaultdict(set)
    for name, concepts in named():
        words = tuple(token.key for token in tokens(name.removeprefix("=")))
        meant[words].add(concepts)
    short = {name.casefold() for name in _short()}
    double = {" ".join(w): m for w, m in meant.items() if len(m) > 1 and " ".join(w) not in short}
    assert double == {}


def test_what_is_implied_and_what_is_on_a_scale_is_known() -> None:
    known = keys()
    implied = load("implied.toml")["implied"]
    used = {key for parent, children in implied.items() for key in (parent, *children.split())}
    scaled = {key for name in load("scales.toml")["scales"] for key in members(name)}
    assert used - known == set()
    assert scaled - known == set()


def test_what_a_short_form_means_is_known() -> None:
    means = {row["means"] for row in load("abbreviations.toml")["short"]}
    pairs = {each for mean in means for each in mean.split(" + ") if not mean.startswith("word:")}
    kinds = {(kind.value, key) for _, cs in named() for kind, key in [(x.kind, x.key) for x in cs]}
    assert {pair for pair in pairs if pair and tuple(pair.split(":")) not in kinds} == set()


def test_a_narrower_word_says_the_wider_one_and_not_the_other_way_round() -> None:
    assert implies(c("sertraline"), c("ssri"))
    assert implies(c("sertraline"), c("antidepressant"))
    assert implies(c("amoxicillin"), c("penicillin-class"))
    assert implies(c("command-hallucinations"), c("hallucination"))
    assert implies(c("mother"), c("parent"))
    assert implies(c("major-depressive-disorder"), c("depression"))
    assert not implies(c("antidepressant"), c("sertraline"))
    assert not implies(c("suicidal-ideation"), c("suicide-plan"))
    assert not implies(c("passive-death-wish"), c("active-suicidal-ideation"))
    assert "suicide-attempt" not in wider("suicidal-ideation")


def test_members_of_a_scale_exclude_each_other() -> None:
    assert opposite(c("calm"), c("agitation"))
    assert opposite(c("mild"), c("severe"))
    assert opposite(c("linear"), c("tangential"))
    assert not opposite(c("tangential"), c("circumstantial"))
    assert not opposite(c("calm"), c("severe"))
    assert scale("euthymic") == scale("depression")
    assert scale("zebra") is None


def test_forms_of_a_word_have_one_stem() -> None:
    for forms in (
        "depressed depression depressive",
        "slept sleeping sleeps",
        "hospitalised hospitalizations",
        "improved improvement improving",
        "behaviour behaviors",
        "agitated agitation",
        "stopped stopping stops",
        "anaemia anemia",
    ):
        assert len({stem(form) for form in forms.split()}) == 1, forms


def test_words_that_only_look_alike_keep_their_own() -> None:
    for one, other in (("general", "generic"), ("plan", "plane"), ("scar", "scare")):
        assert stem(one) != stem(other)
