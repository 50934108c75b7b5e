"""Words that judge a person are found, in context, with a rewrite offered."""

import pytest

from service.summary.vocabulary import Severity
from service.verification.language import language_findings


@pytest.mark.parametrize(
    "text", ["Non-compliant with lithium.", "Drug-seeking behavior.", "She claims to sleep.",
             "Failed treatment with sertraline.", "Brother committed suicide.", "A schizophrenic."],
)  # fmt: skip
def test_a_judging_word_is_a_minor_finding_with_a_rewrite(text):
    (finding,) = language_findings(3, text)
    assert finding.severity is Severity.MINOR and finding.statement_index == 3
    assert "Consider:" in finding.message


@pytest.mark.parametrize(
    "text", ['Says "they called me an addict".', "Alcoholic cirrhosis.", "Clean catch urine.",
             "Insurance claims to be filed.", "Non-alcoholic fatty liver.",
             "Antibiotic resistance."],
)  # fmt: skip
def test_a_quoted_patient_and_a_clinical_sense_are_not(text):
    assert list(language_findings(0, text)) == []
