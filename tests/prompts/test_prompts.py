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


def test_a_psychiatric_progress_summary_has_the_sections_of_a_progress_note():
    keys = [s.key for s in packaged_prompts()[SummaryType.PSYCHIATRIC_PROGRESS].meta.sections]
    assert keys[:3] == ["interval-history", "mental-state", "medications"]
    told = {"risk", "scores", "stopped-medications", "legal", "goals", "social", "plan"}
    assert told <= set(keys)


def test_risk_is_never_given_to_a_model():
    for prompt in packaged_prompts().values():
        for section in prompt.meta.sections:
            assert section.extractive == (section.key in ("risk", "safety-plan"))


def test_the_rules_for_the_writer_stand_in_one_place():
    assert len(list(PACKAGED.rglob("rules.md"))) == 1
    for system in PACKAGED.glob("*/system.md"):
        assert "Never infer a diagnosis" not in system.read_text()
