"""The scripted model retells facts in its own words, and errs in one thing where it is to err."""

import pytest

from fhir_fixtures.scripted_model.evidence import read_question
from fhir_fixtures.scripted_model.facts_read import read_fact
from fhir_fixtures.scripted_model.misretelling import misretold
from fhir_fixtures.scripted_model.retelling import retell

FACTS = (
    "lithium (medicine): current; 600 mg; at bedtime; since 2026-01-03; last told 2026-05-20",
    "valproate (medicine): past; stopped; 1500 mg; until 2025-11-02; last told 2025-11-02",
    "nsaid (medicine): refuted; not to be given; last told 2026-05-12",
    "asthma (problem): current; since 2019; last told 2019",
    "latex (allergy): current; reaction hives; last told 2020",
    "sodium (measurement): current; normal; 138 mmol/L; last told 2026-08-18",
)
NOT_RETOLD = (
    "no known allergies (allergy): current; last told 2020",
    "quetiapine (medicine): disputed; 100 mg; conflict: two doses",
    "goal: “to sleep” (told 2026-01-01)",
)
FENCE = "=====EVIDENCE-ABCDEF====="


def a_question(facts=FACTS):
    listed = "\n".join(f"[FAAAA{n:02}] {line}" for n, line in enumerate(facts))
    return read_question(f"Section: X\nAt most 20 statements.\n\n{FENCE}\n{listed}\n{FENCE}\n")


def test_each_fact_is_told_once_with_its_id_and_no_quote():
    said = retell(a_question(), 1)
    assert [each.evidence_id for each in said] == [f"FAAAA{n:02}" for n in range(len(FACTS))]
    assert all(each.text.endswith(".") and not each.quote for each in said)


@pytest.mark.parametrize("seed", [1, 2, 101, 102])
def test_it_tells_in_other_words_by_its_seed_and_always_alike(seed):
    first = [each.text for each in retell(a_question(), seed)]
    assert first == [each.text for each in retell(a_question(), seed)]
    assert first != [each.text for each in retell(a_question(), seed + 1)]
    assert not any(line.startswith(text) for text in first for line in FACTS)


@pytest.mark.parametrize("seed", [1, 7, 101])
def test_an_error_is_in_every_sentence_that_can_have_one_and_the_truth_beside_it(seed):
    told = misretold(a_question(), seed)
    true = [each.text for each in retell(a_question(), seed)]
    assert [lie.truth for lie in told.lies] == true
    assert all(lie.said != lie.truth for lie in told.lies)
    assert [each.text for each in told.statements] == [lie.said for lie in told.lies]


@pytest.mark.parametrize("line", NOT_RETOLD)
def test_what_is_no_plain_fact_is_not_retold(line):
    assert read_fact("F1", line) is None
    assert retell(a_question((line,)), 1) == []


def test_a_line_is_understood():
    read = read_fact("F1", FACTS[0])
    assert (read.name, read.kind, read.standing) == ("lithium", "medicine", "current")
    assert (read.dose, read.often, read.since) == ("600 mg", "at bedtime", "2026-01-03")
    assert read_fact("F2", FACTS[2]).standing == "avoid"
    assert read_fact("F3", FACTS[5]).level == "138 mmol/L"
