"""Encounter, period and labels are told from the records; what is not known is left out."""

import json
from datetime import UTC, datetime

from service.chart.models import SourceRecord
from service.writeback.attested import Period
from service.writeback.coverage import encounter_of, labels_of_all, period_of


def a_record(ref="Observation/o1", *, day=None, raw=None, labels=(), encounter_ref=None):
    effective_at = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    return SourceRecord(
        resource_ref=ref,
        resource_type=ref.partition("/")[0],
        raw=json.dumps(raw or {}),
        labels=list(labels),
        encounter_ref=encounter_ref,
        effective=day or "",
        effective_at=effective_at,
    )


def test_the_encounter_is_known_only_when_all_that_is_cited_belongs_to_it():
    visit = a_record("Encounter/e1", raw={"period": {"start": "2026-08-01"}})
    one, two = (a_record(encounter_ref=f"Encounter/e{n}") for n in (1, 2))
    assert encounter_of([one, a_record()], [visit, one]) is visit
    assert encounter_of([one, two], [visit, one, two]) is None
    assert encounter_of([one], [one]) is None  # named, but not among the records
    assert period_of(visit, []) == Period("2026-08-01", "")


def test_the_visit_that_was_open_in_the_ehr_goes_before_what_is_cited():
    visits = [a_record(f"Encounter/e{n}") for n in (1, 2)]
    cited = [a_record(encounter_ref="Encounter/e1")]
    assert encounter_of(cited, visits, launched="Encounter/e2") is visits[1]
    assert encounter_of(cited, visits, launched="Encounter/e9") is None  # not among the records


def test_without_an_encounter_the_period_spans_what_is_cited():
    days = [a_record(day=day) for day in ("2026-05-01", "2019-02-03", "2024-01-01")]
    assert period_of(None, [*days, a_record()]) == Period("2019-02-03", "2026-05-01")
    assert period_of(None, [a_record()]) == Period()


def test_a_summary_inherits_the_labels_of_what_was_read_and_the_highest_confidentiality():
    read = [a_record(labels=("N", "PSY")), a_record(labels=("R", "AIAST")), a_record()]
    assert labels_of_all(read) == ("PSY", "R")
    assert labels_of_all([]) == ()
