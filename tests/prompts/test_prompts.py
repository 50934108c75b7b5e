"""The prompt folders that ship: complete, checked, and as clinicians expect."""

import pytest

from service.drafting.prompts import PACKAGED, packaged_prompts
from service.summary.vocabulary import SummaryType


@pytest.mark.parametrize("summary_type", list(SummaryType))
def test_each_type_has_its_prompt_with_a_version_and_a_reason(summary_type):
    prompt = packaged_prompts()[summary_type]
    assert prompt.meta.version and len(prompt.meta.reason) > 20
    assert len(prompt.hash) == 64
    assert prompt.must_carry


def test_every_section_says_what_was_looked_for_when_nothing_is_found():
    for prompt in packaged_prompts().values():
        for section in prompt.meta.sections:
            assert "{window}" in section.absence
            assert "searched" in section.absence


MADE_OF = {
    SummaryType.PRE_VISIT: ["interval-history", "pending", "scores"],
    SummaryType.PSYCHIATRIC_PROGRESS: ["interval-history", "mental-state", "response", "plan"],
    SummaryType.HANDOFF: ["risk", "pending", "if-then", "labs"],
    SummaryType.HOSPITAL_COURSE: ["course", "procedures", "administrations"],
    SummaryType.DISCHARGE: ["reason", "course", "mental-state", "plan"],
    SummaryType.MEDICATION_HISTORY: ["current-medications", "stopped-medications"],
}


@pytest.mark.parametrize("summary_type", SummaryType)
def test_each_type_begins_with_what_it_is_made_of(summary_type):
    keys = [s.key for s in packaged_prompts()[summary_type].meta.sections]
    assert keys[: len(MADE_OF[summary_type])] == MADE_OF[summary_type]
    assert {"allergies", "current-medications", "also"} <= set(keys)


def test_risk_is_never_given_to_a_model_nor_is_a_table():
    for prompt in packaged_prompts().values():
        for section in prompt.meta.sections:
            kept = section.key in ("risk", "safety-plan", "also") or section.rows == "course"
            assert section.extractive == kept


def test_the_rules_for_the_writer_stand_in_one_place():
    assert len(list(PACKAGED.rglob("rules.md"))) == 1
    for system in PACKAGED.glob("*/system.md"):
        assert "Never infer a diagnosis" not in system.read_text()
