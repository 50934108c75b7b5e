"""What the chart holds that a summary must carry, and does not, is named with its source."""

import pytest

from service.drafting.citing import cite_headline
from service.drafting.extractive import ExtractiveWriter
from service.drafting.prompts import packaged_prompts
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import Severity, SummaryType
from service.verification.omission.check import Carried, check_omissions
from tests.service.drafting.builders import a_note, a_request
from tests.service.facts.charts import an_order
from tests.service.verification.omission.texts import a_result, chart


def a_chart():
    """An allergy, an order, a plan, a score and a note, each of its own record."""
    resources = (
        {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"text": "penicillin"},
            "reaction": [{"manifestation": [{"text": "anaphylaxis"}]}],
        },
        an_order("Lithium carbonate 300 mg tablet", 300),
        {"resourceType": "CarePlan", "status": "active", "intent": "plan", "title": "Safety plan"},
        a_result("PHQ-9 total score", 14, "survey"),
    )
    held = {each.resource_type: each for each in chart(*resources)}
    names = ("AllergyIntolerance", "MedicationRequest", "CarePlan", "Observation")
    return [*(held[name] for name in names), a_note("RISK ASSESSMENT\nDenies SI. Acute risk low.")]


def omissions(document, records, summary_type=SummaryType.PRE_VISIT):
    rules = packaged_prompts()[summary_type].must_carry
    return check_omissions(Carried.of(document), records, rules).omissions


def drafted(records, summary_type=SummaryType.PRE_VISIT):
    request = a_request(summary_type, records)
    return Document("t", (), ExtractiveWriter().write(request).sections)


@pytest.mark.parametrize("summary_type", list(SummaryType))
def test_an_untouched_draft_omits_nothing(summary_type):
    records = a_chart()
    assert omissions(drafted(records, summary_type), records, summary_type) == ()


@pytest.mark.parametrize(
    ("dropped", "kind"),
    [(0, "allergy"), (1, "medication"), (2, "safety-plan"), (3, "score"), (4, "risk")],
)
def test_a_dropped_fact_is_named_with_its_source(dropped, kind):
    records = a_chart()
    document = drafted(records[:dropped] + records[dropped + 1 :])
    missing = omissions(document, records)
    assert {each.kind for each in missing} == {kind}
    for each in missing:
        assert each.evidence[0].source == records[dropped].resource_ref
        assert each.evidence[0].quote in records[dropped].text


def test_an_allergy_is_major_and_a_score_is_minor():
    records = a_chart()
    severities = {o.kind: o.severity for o in omissions(Document("t"), records)}
    assert severities["allergy"] is Severity.MAJOR
    assert severities["score"] is Severity.MINOR


def said(*texts):
    return Document("t", (), (Section("s", "S", tuple(Statement(text) for text in texts)),))


def test_a_medicine_that_is_named_with_its_dose_is_carried_without_a_citation():
    assert omissions(said("Takes lithium 300 mg."), a_chart()[1:2]) == ()


def test_a_medicine_without_its_dose_is_carried_in_part():
    (missing,) = omissions(said("Takes lithium.", "Uses ibuprofen 300 mg."), a_chart()[1:2])
    assert missing.missing == ("dose",)
    assert missing.sentence().startswith("Carried without dose: Lithium")


def test_a_citation_alone_carries_nothing():
    records = a_chart()[:1]
    cited = Statement("Something else.", (cite_headline(records[0]),))
    (missing,) = omissions(Document("t", (), (Section("s", "S", (cited,)),)), records)
    assert missing.kind == "allergy" and missing.missing == ()


def test_only_the_latest_of_a_score_has_to_be_carried():
    scores = [a_result("PHQ-9", n, "survey", on=f"202{n}-01-01") for n in range(3, 6)]
    (missing,) = omissions(Document("t"), chart(*scores))
    assert "PHQ-9 5" in missing.fact
