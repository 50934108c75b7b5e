"""A search that failed is not an empty one, and none of them holds a chart up for ever."""

from datetime import timedelta

import httpx
import pytest

from service.chart import pull
from service.chart.models import Chart
from service.chart.pull import Merged, pull_chart, refresh_chart
from service.database import now
from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy, EhrRefused
from service.fhir.profile import SiteProfile
from service.summary import progress
from service.summary.vocabulary import Standing, SummaryStatus, SummaryType
from tests.service.chart.builders import (
    PATIENT,
    a_bundle,
    a_document,
    a_patient,
    a_record,
    latest,
)
from tests.service.fhir.test_abilities import a_statement
from tests.service.fhir.wire_fakes import BASE, fhir


def a_searchset(*resources, **more):
    return a_bundle(*resources, kind="searchset") | more


class Ehr(httpx.BaseTransport):
    """One patient; `answers` maps a path ("Goal", "Patient/p1/$everything") to an answer, or to
    what makes one of the request. What it does not name is empty."""

    def __init__(self, **profile):
        self.answers, self.asked = {}, []
        self.profile = SiteProfile.model_validate(profile)

    def handle_request(self, request):
        path = request.url.path.removeprefix("/fhir/")
        self.asked.append((path, dict(request.url.params)))
        answer = self.answers.get(path)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(request)
        if answer is not None:
            return answer
        if path == "metadata":
            return fhir({}, 404)
        return fhir(a_patient() if path == PATIENT else a_searchset())

    def client(self):
        return FhirClient(BASE, transport=self, sleep=lambda _: None, profile=self.profile)


@pytest.fixture
def ehr():
    return Ehr()


def pulled(session, ehr, **given):
    refresh_chart(session, PATIENT, client=ehr.client(), **given)
    return session.get(Chart, PATIENT).gaps


def sources(gaps, kind="search"):
    return [each["source"] for each in gaps if each["kind"] == kind]


def an_outcome(severity, code, **more):
    issue = {"severity": severity, "code": code, **more}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def with_outcome(*resources, **issue):
    entry = {"search": {"mode": "outcome"}, "resource": an_outcome("warning", **issue)}
    whole = a_searchset(*resources)
    return fhir(whole | {"entry": [*whole["entry"], entry]})


LOGIN = httpx.Response(200, html="<html><form>Sign in</form></html>")
NOT_EMPTY = {
    "refused": fhir({}, 400),
    "forbidden": fhir({}, 403),
    "unknown to the server": fhir({}, 404),
    "a login page with 200": LOGIN,
    "truncated": httpx.Response(200, text='{"resourceType": "Bundle", "entry": ['),
    "an outcome with 200": fhir(an_outcome("error", "too-costly")),
    "an outcome of severity error in the bundle": fhir(
        a_bundle(an_outcome("error", "exception"), kind="searchset")
    ),
    "a warning that results were suppressed": with_outcome(code="suppressed"),
    "a warning in words alone": with_outcome(
        code="processing", details={"text": "Some results were withheld."}
    ),
    "a total that does not come": fhir(a_searchset(total=3)),
    "a list of nothing": fhir([]),
    "another resource": fhir(a_patient()),
}


@pytest.mark.parametrize("answer", NOT_EMPTY.values(), ids=NOT_EMPTY)
def test_a_search_that_failed_is_a_gap(session, ehr, answer):
    ehr.answers["AllergyIntolerance"] = answer
    assert sources(pulled(session, ehr)) == ["AllergyIntolerance"]


@pytest.mark.parametrize(
    "issue",
    [
        {"code": "informational"},
        {"code": "not-supported", "diagnostics": "Unknown parameter: _count"},
        {"code": "processing", "details": {"text": "Resource request returns no results."}},
    ],
)
def test_a_warning_of_something_else_is_none(session, ehr, issue):
    ehr.answers["AllergyIntolerance"] = with_outcome(a_record("AllergyIntolerance"), **issue)
    assert pulled(session, ehr) == []


def test_a_warning_that_the_site_has_looked_into_is_none(session):
    ehr = Ehr(reading={"known_warnings": ["4119"]})
    ehr.answers["Goal"] = with_outcome(code="suppressed", details={"coding": [{"code": "4119"}]})
    assert pulled(session, ehr) == []


def test_no_words_of_a_warning_are_repeated(session, ehr):
    ehr.answers["Goal"] = with_outcome(code="suppressed", diagnostics="Mary drinks; withheld")
    (gap,) = pulled(session, ehr)
    assert "suppressed" in gap["reason"] and "Mary" not in gap["reason"]


def test_what_came_before_a_page_that_fails_is_kept(session, ehr):
    first = a_searchset(a_record("Goal"), link=[{"relation": "next", "url": "Goal?page=2"}])
    ehr.answers["Goal"] = lambda r: fhir({}, 410) if "page" in r.url.params else fhir(first)
    assert sources(pulled(session, ehr)) == ["Goal"]
    assert latest(session, "Goal/1")


def test_since_the_last_pull_is_dropped_where_it_is_refused(session, ehr):
    pulled(session, ehr)
    ehr.answers["Goal"] = lambda r: (
        fhir({}, 400) if "_lastUpdated" in r.url.params else fhir(a_searchset(a_record("Goal")))
    )
    assert pulled(session, ehr) == []
    assert latest(session, "Goal/1")


def test_notes_are_asked_by_category_where_the_site_says_so(session):
    ehr = Ehr(reading={"document_categories": ["clinical-note", "imaging"]})
    ehr.answers["DocumentReference"] = lambda r: (
        fhir(a_searchset()) if r.url.params.get("category") == "clinical-note" else fhir({}, 400)
    )
    assert sources(pulled(session, ehr)) == ["DocumentReference category=imaging"]


def test_a_server_that_wants_categories_is_not_asked_without(session):
    ehr = Ehr(reading={"observation_by_category": True})
    assert pulled(session, ehr) == []
    asked = [params for path, params in ehr.asked if path == "Observation"]
    assert asked and all("category" in params for params in asked)


EVERYTHING = f"{PATIENT}/$everything"


def test_everything_fills_a_gap_only_with_what_comes(session):
    ehr = Ehr(reading={"everything": True})
    ehr.answers |= {"Goal": fhir({}, 400), "Flag": fhir({}, 403)}
    stranger = a_record("Flag", "9", subject={"reference": "Patient/p2"})
    ehr.answers[EVERYTHING] = fhir(a_searchset(a_patient(), a_record("Goal"), stranger))
    assert sources(pulled(session, ehr)) == ["Flag"]
    assert latest(session, "Goal/1")


def test_everything_is_asked_where_the_ehr_says_that_it_has_it(session, ehr):
    patient = {"type": "Patient", "operation": [{"name": "everything"}]}
    ehr.answers["metadata"] = fhir(a_statement(rest=[{"resource": [patient]}]))
    ehr.answers["Goal"] = fhir({}, 400)
    (gap,) = pulled(session, ehr)
    assert any(path == EVERYTHING for path, _ in ehr.asked)
    assert gap["unserved"]


def test_a_search_that_is_too_slow_is_asked_in_small_pages(session, ehr):
    def slow(request):
        if request.url.params["_count"] == "200":
            raise httpx.ReadTimeout("slow", request=request)
        return fhir(a_searchset(a_record("Goal")))

    ehr.answers["Goal"] = slow
    assert pulled(session, ehr) == []
    assert latest(session, "Goal/1")


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("slow"), fhir({}, 500)])
def test_a_search_that_never_answers_is_a_gap_and_the_chart_goes_on(session, ehr, failure):
    ehr.answers["Goal"] = failure
    (gap,) = pulled(session, ehr)
    assert (gap["source"], "small pages" in gap["reason"]) == ("Goal", True)


def test_what_is_too_slow_whole_is_asked_by_windows_of_time(session, ehr):
    """It answers for a span of time, and never for all of it."""
    windows = []

    def slow(request):
        window = request.url.params.get_list("_lastUpdated")
        if not window:
            raise httpx.ReadTimeout("slow", request=request)
        windows.append(tuple(window))
        return fhir(a_searchset(a_record("Goal", f"g{len(windows)}")))

    ehr.answers["Goal"] = slow
    assert pulled(session, ehr) == []
    assert latest(session, "Goal/g1") and latest(session, "Goal/g5")
    ends = [each[2:] for window in windows for each in window]
    assert (windows[0][0][:2], windows[-1][0][:2]) == ("ge", "lt")
    assert {each: ends.count(each) for each in ends} == dict.fromkeys(ends, 2)  # none between


def test_a_window_that_does_not_come_leaves_a_gap_and_what_came(session, ehr):
    def slow(request):
        window = request.url.params.get_list("_lastUpdated")
        if len(window) != 1 or window[0].startswith("lt"):
            raise httpx.ReadTimeout("slow", request=request)
        return fhir(a_searchset(a_record("Goal")))

    ehr.answers["Goal"] = slow
    (gap,) = pulled(session, ehr)
    assert "windows of time too" in gap["reason"]
    assert latest(session, "Goal/1")


def test_a_category_that_is_refused_is_made_good_by_asking_without(session):
    ehr = Ehr(reading={"observation_by_category": True})
    ehr.answers["Observation"] = lambda r: (
        fhir({}, 400)
        if r.url.params.get("category") == "sdoh"
        else fhir(a_searchset(*([] if "category" in r.url.params else [a_record("Observation")])))
    )
    assert pulled(session, ehr) == []
    assert latest(session, "Observation/1")


@pytest.mark.parametrize(
    ("resource_type", "parameter"),
    [
        ("AdverseEvent", "subject"),  # R4 gives it no `patient`
        ("Appointment", "patient"),
        ("Communication", "patient"),
        ("DetectedIssue", "patient"),
        ("ImagingStudy", "patient"),
        ("Task", "patient"),
    ],
)
def test_what_is_easily_forgotten_is_searched_too(session, ehr, resource_type, parameter):
    pulled(session, ehr)
    (asked,) = [params for path, params in ehr.asked if path == resource_type]
    assert asked[parameter] == PATIENT


def test_a_second_page_that_always_fails_is_a_gap(session, ehr):
    first = a_searchset(a_record("Goal"), link=[{"relation": "next", "url": "Goal?page=2"}])
    ehr.answers["Goal"] = lambda r: fhir({}, 500) if "page" in r.url.params else fhir(first)
    assert sources(pulled(session, ehr)) == ["Goal"]


def test_an_ehr_that_is_down_is_waited_for_and_makes_no_gaps(session, ehr):
    ehr.answers["Goal"] = httpx.ConnectError("down")
    calls = []

    def once(request):
        calls.append(request)
        return fhir(a_patient()) if len(calls) == 1 else fhir({}, 502)

    ehr.answers[PATIENT] = once
    with pytest.raises(EhrBusy):
        pulled(session, ehr)


def test_ten_thousand_rows_come_page_by_page(session, ehr):
    def page(request):
        number = int(request.url.params.get("page", 0))
        goals = [a_record("Goal", f"g{number}-{n}") for n in range(200)]
        after = [{"relation": "next", "url": f"Goal?page={number + 1}"}] if number < 49 else []
        return fhir(a_searchset(*goals, link=after))

    ehr.answers["Goal"] = page
    client = ehr.client()
    assert sum(1 for _ in client.search("Goal", {"patient": PATIENT})) == 10_000


def a_summary_that_has_waited(session, waited):
    summary = progress.request_summary(session, PATIENT, SummaryType.PRE_VISIT, actor="a")
    summary.status_at = now() - waited
    session.flush()
    return summary


def test_an_ehr_that_keeps_saying_wait_is_waited_for_half_an_hour(session, ehr):
    ehr.answers["Goal"] = fhir({}, 503)
    summary = a_summary_that_has_waited(session, timedelta(minutes=5))
    with pytest.raises(EhrBusy):
        pull_chart(session, summary.id, client=ehr.client())
    late = a_summary_that_has_waited(session, pull.PATIENCE * 2)
    pull_chart(session, late.id, client=ehr.client())
    assert late.status is SummaryStatus.CHARTED
    assert sources(session.get(Chart, PATIENT).gaps) == ["Goal"]


def test_an_ehr_that_was_silent_for_a_day_fails_the_summary_in_words(session, ehr):
    ehr.answers[PATIENT] = httpx.ConnectError("down")
    summary = a_summary_that_has_waited(session, pull.LONGEST * 2)
    pull_chart(session, summary.id, client=ehr.client())
    assert summary.status is SummaryStatus.FAILED
    assert "waited for a day" in summary.status_reason


def test_a_merged_patient_stops_and_offers_the_record_that_goes_on(session, ehr):
    links = [{"type": "replaced-by", "other": {"reference": "Patient/p7"}}]
    ehr.answers[PATIENT] = fhir(a_patient(link=links))
    with pytest.raises(Merged, match="Patient/p7"):
        pulled(session, ehr)
    summary = a_summary_that_has_waited(session, timedelta())
    pull_chart(session, summary.id, client=ehr.client())
    assert summary.status is SummaryStatus.FAILED
    assert "ask for the summary there" in summary.status_reason
    assert {path for path, _ in ehr.asked} == {PATIENT}


MRN = {"system": "urn:mrn", "value": "17"}


@pytest.mark.parametrize(
    ("identifier", "is_theirs"),
    [(MRN, True), ({"value": "17"}, False), ({**MRN, "value": "8"}, False)],
)
def test_a_record_that_names_its_patient_by_identifier_alone(session, ehr, identifier, is_theirs):
    """With the system it is this patient's; a bare number, or another's, is a visible gap."""
    ehr.answers[PATIENT] = fhir(a_patient(identifier=[MRN]))
    ehr.answers["Goal"] = fhir(a_searchset(a_record("Goal", subject={"identifier": identifier})))
    assert sources(pulled(session, ehr)) == ([] if is_theirs else ["Goal"])
    assert latest(session, "Goal/1").patient_ref == (PATIENT if is_theirs else None)


def test_a_patient_who_has_died_is_read_as_one(session, ehr):
    ehr.answers[PATIENT] = fhir(a_patient(deceasedDateTime="2026-03-01"))
    assert pulled(session, ehr) == []
    assert "died 2026-03-01" in latest(session, PATIENT).text.lower()


def test_what_was_entered_in_error_is_kept_and_is_no_evidence(session, ehr):
    ehr.answers["Flag"] = fhir(a_searchset(a_record("Flag", status="entered-in-error")))
    pulled(session, ehr)
    kept = latest(session, "Flag/1")
    assert (kept.standing, kept.standing_reason) == (Standing.EXCLUDED, "entered in error")


def test_a_read_that_answers_another_patient_is_refused(session, ehr):
    ehr.answers[PATIENT] = fhir(a_patient("p2"))
    with pytest.raises(EhrRefused, match="another resource"):
        pulled(session, ehr)


def test_a_practitioner_or_attachment_that_is_never_answered_becomes_a_gap_in_the_end(session, ehr):
    note = a_document({"url": "Binary/b"}, author=[{"reference": "Practitioner/9"}])
    ehr.answers |= {
        "DocumentReference": fhir(a_searchset(note)),
        "Practitioner/9": fhir({}, 500),
        "Binary/b": fhir({}, 500),
    }
    with pytest.raises(EhrBusy):
        pulled(session, ehr)
    assert sources(pulled(session, ehr, is_final=True), "read") == ["Practitioner/9", "Binary/b"]
