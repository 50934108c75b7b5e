"""Whole synthetic patients of real size: readable drafts, exact citations, no flood of findings."""

import json
import time

import pytest

from service.drafting.citing import misquotes
from service.drafting.extractive import ExtractiveWriter
from service.summary.document import Document
from service.summary.vocabulary import FindingKind, Severity, SummaryType, Support
from service.verification.charts import records_of
from service.verification.cited import Chart
from service.verification.examine import examine
from tests.service.drafting.builders import a_request

MOST_OMISSIONS = 3  # major ones; what only a note tells beside a kept list is minor
FOLDERS = ("synthea-r4-behavioral", "synthea-r4-structured")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_type_of_every_patient_is_drafted_and_borne_out(shared_data, folder):
    for path in sorted((shared_data / folder).glob("*.json")):
        records = records_of(json.loads(path.read_text(encoding="utf-8")))
        for summary_type in SummaryType:
            _check(records, summary_type)


def _check(records, summary_type):
    request = a_request(summary_type, records)
    started = time.process_time()
    document = Document("t", (), ExtractiveWriter().write(request).sections)
    seconds = time.process_time() - started
    coverage = {"window": request.window.to_json()}
    assessments, findings = examine(document, Chart(records), request.prompt, coverage)
    assert seconds < 2.0
    assert len(document.placed()) <= 60
    assert misquotes(document, {r.id: r for r in records}) == []
    assert {each.support for each in assessments} <= {Support.SUPPORTED}
    # "Alcoholism" and "dependent drug abuse" are coded names of problems; they may be pointed at.
    judged = [each for each in findings if each.check == "language"]
    omitted = [each for each in findings if each.kind is FindingKind.OMITTED]
    told = [each for each in findings if each.kind is FindingKind.CONFLICT]
    assert len(judged) + len(omitted) + len(told) == len(findings)
    omitted = [each for each in omitted if each.severity is Severity.MAJOR]
    assert len(omitted) <= MOST_OMISSIONS, [each.message for each in omitted]
