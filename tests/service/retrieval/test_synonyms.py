"""What a question names is searched for under its other names too."""

import re
import tomllib
from pathlib import Path

import pytest

from service.retrieval.ranking import search_words
from service.retrieval.search import WordSearch
from service.retrieval.synonyms import in_charts_words, other_words

LISTS = Path("service/retrieval/synonyms.toml")


def named(question):
    return {name for names in other_words(question) for name in names}


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("any statins", "simvastatin"),
        ("Zoloft dose", "sertraline"),
        ("is the sertraline helping", "ssri"),
        ("was there a sinus infection", "sinusitis"),
        ("HTN", "hypertension"),
        ("history of hypertension", "htn"),
        ("why was it stopped", "discontinued"),
        ("can she take amoxicillin", "allergy"),
        ("trouble sleeping", "insomnia"),
    ],
)
def test_a_question_is_asked_in_the_words_of_charts_too(question, written):
    assert written in named(question)


def test_short_names_are_whole_words_only():
    assert "suicidal ideation" not in named("basic situation")


def test_a_question_without_other_words_stays_as_it_is():
    assert other_words("the book on the table") == ()
    assert in_charts_words("the book on the table", []) == ["the book on the table"]


def test_a_name_of_several_words_counts_only_where_all_of_them_stand():
    search = WordSearch(["blood in the stool", "high pressure at work", "blood pressure 120/80"])
    scores = search.scores("hypertension", [("blood pressure",)])
    assert scores.argmax() == 2
    assert not scores[:2].any()


def test_of_a_concept_the_best_name_counts_once():
    search = WordSearch(["sertraline zoloft", "sertraline", "nothing of it"])
    both = search.scores("?", [("sertraline", "zoloft")])
    apart = search.scores("?", [("sertraline",), ("zoloft",)])
    assert 0 < both[0] < apart[0]


def test_forms_of_a_word_are_one_word_to_the_search():
    assert search_words("stopped cuts denies") == search_words("stop cutting deny")
    assert search_words("si no dose 12") != search_words("so not does 13")


def test_every_pattern_compiles_and_has_an_answer():
    told = tomllib.loads(LISTS.read_text("utf-8"))
    assert all(re.compile(pattern) and words for pattern, words in told["asked_for"].items())
    assert all(len(group) > 1 for group in told["groups"])
    assert len(told["changes"]) == told["version"]
