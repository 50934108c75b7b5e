"""Evidence is exact, explained, within budget, and of one patient only."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from service.chart.models import SourceRecord
from service.database import transaction
from service.errors import BadInput, Unavailable
from service.retrieval.evidence import SectionQuery
from service.retrieval.gather import gather_evidence, open_chart
from service.retrieval.indexing import index_patient
from service.retrieval.langchain_retriever import ChartRetriever
from service.retrieval.models import Passage
from service.retrieval.patient_chart import IsolationBroken
from tests.service.retrieval.charts import FIRST_DAY, a_chart, a_note, a_record

ANY = SectionQuery("any", "Any")


@pytest.fixture
def chart(session, index):
    a_chart(session)
    return open_chart(session, "Patient/a", index=index)


def test_every_passage_is_found_at_its_offsets(session, chart):
    for query in (ANY, replace(ANY, words="sertraline dose")):
        for each in chart.gather(query).evidence:
            record = session.get_one(SourceRecord, each.record_id)
            assert record.text[each.start : each.end] == each.text
            assert each.why


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("suicidal thoughts", "Denies suicidal ideation"),
        ("attempted suicide in the past", "overdose of paracetamol"),
        ("access to guns", "firearms"),
        ("current antidepressant dose", "sertraline 100 mg"),
        ("PHQ9", "PHQ-9 next visit"),
        ("reaction to antibiotics", "penicillin"),
    ],
)
def test_meaning_and_words_both_find(chart, words, expected):
    found = chart.gather(replace(ANY, words=words)).evidence
    assert any(expected in each.text for each in found[:3])


def test_filters_hold_for_lists_and_for_searches(chart):
    conditions = replace(ANY, record_types=("Condition",))
    assert len(chart.gather(conditions).evidence) == 2
    active = chart.gather(replace(conditions, statuses=("active",))).evidence
    assert [e.text for e in active] == ["Major depressive disorder, recurrent (active)"]
    assert chart.gather(replace(conditions, codes=("66344007",))).evidence == active
    searched = chart.gather(replace(conditions, words="sertraline mood")).evidence
    assert {e.resource_type for e in searched} <= {"Condition"}


def test_a_list_is_newest_first_and_unknown_dates_are_kept(session, index):
    a_record(session, "Old", day=1)
    a_record(session, "New", day=50)
    a_record(session, "Undated", effective="", effective_at=None)
    chart = open_chart(session, "Patient/a", index=index)
    assert [e.text for e in chart.gather(ANY).evidence] == ["New", "Old", "Undated"]
    recent = chart.gather(replace(ANY, since=FIRST_DAY + timedelta(days=20))).evidence
    assert [e.text for e in recent] == ["New", "Undated"]


def test_headings_choose_without_words_and_lift_with_them(chart):
    plans = chart.gather(
        replace(ANY, record_types=("DocumentReference",), headings=("Treatment plan",))
    ).evidence
    assert {e.heading for e in plans} == {"Plan"}
    query = replace(ANY, words="sertraline", headings=("Plan",))
    assert chart.gather(query).evidence[0].heading == "Plan"


def test_copied_text_counts_once_and_the_oldest_is_cited(chart):
    said = chart.gather(replace(ANY, words="overdose of paracetamol admission")).evidence
    copies = [e for e in said if "overdose" in e.text]
    assert len(copies) == 1
    assert (copies[0].copies, copies[0].effective) == (2, "2025-01-11")
    assert "written 2 times" in copies[0].why


def test_a_copy_stands_for_itself_where_the_oldest_is_out_of_range(chart):
    query = replace(ANY, words="overdose of paracetamol", since=FIRST_DAY + timedelta(days=50))
    copies = [e for e in chart.gather(query).evidence if "overdose" in e.text]
    assert [e.effective for e in copies] == ["2025-04-11"]


def test_what_does_not_fit_is_counted(chart):
    whole = chart.gather(ANY)
    some = chart.gather(replace(ANY, limit_tokens=30))
    assert whole.not_fitted == 0
    assert 0 < len(some.evidence) < len(whole.evidence)
    assert some.not_fitted == len(whole.evidence) - len(some.evidence)


def test_an_empty_section_says_what_was_looked_for(chart):
    found = chart.gather(replace(ANY, record_types=("Procedure",), words="knee replacement"))
    assert found.evidence == []
    assert found.looked_for == 'Procedure, about "knee replacement", among 0 records'


def test_one_passage_has_one_name_in_a_draft_and_two_have_two(chart):
    first = chart.gather(replace(ANY, words="sertraline")).evidence
    second = chart.gather(ANY).evidence
    named = {e.id: (e.record_id, e.start) for e in (*first, *second)}
    assert len(named) == len(set(named.values())) == len({*named.values()})
    assert {e.id for e in first} <= {e.id for e in second}


def test_withheld_records_are_named_but_never_read(session, index):
    secret = a_note(session, "Canary.", title="Psychotherapy note")
    a_record(session, "Insomnia (active)")
    chart = open_chart(session, "Patient/a", index=index)
    assert [w.record_id for w in chart.withheld] == [secret.id]
    assert secret.id not in {r.id for r in chart.records}
    found = chart.gather(replace(ANY, words="canary psychotherapy")).evidence
    assert not any("anary" in e.text for e in found)


def test_vectors_that_the_store_lost_are_embedded_again(session, index):
    a_chart(session)
    chart = open_chart(session, "Patient/a", index=index)
    index.delete([p.vector_id for p in chart._passages[:4]])
    assert chart.gather(replace(ANY, words="sertraline")).evidence
    assert chart.vectors.mended == 4


def test_a_wiped_store_is_rebuilt_by_the_next_draft(session, index):
    a_chart(session)
    open_chart(session, "Patient/a", index=index)
    index._store.drop(index.space)
    chart = open_chart(session, "Patient/a", index=index)
    assert chart.gather(replace(ANY, words="sertraline")).evidence
    assert chart.vectors.mended == 10


def test_as_a_langchain_retriever_it_finds_the_same(chart):
    documents = ChartRetriever(chart=chart).invoke("suicidal thoughts")
    found = chart.gather(replace(ANY, words="suicidal thoughts")).evidence
    assert [d.page_content for d in documents] == [e.text for e in found]
    assert documents[0].metadata["source_ref"] == found[0].source_ref


@pytest.mark.parametrize("named", [None, "", "Patient/", "Patient/a Patient/b"])
def test_no_patient_or_two_are_refused(session, index, named):
    with pytest.raises(BadInput):
        gather_evidence(session, named, "anything", index=index)


def test_a_passage_under_the_wrong_patient_is_never_returned(session, index):
    a_chart(session)
    a_record(session, "Schizophrenia", patient="Patient/b")
    open_chart(session, "Patient/a", index=index)
    theirs = open_chart(session, "Patient/b", index=index)._passages[0]
    session.get_one(Passage, theirs.id).patient_ref = "Patient/a"
    session.flush()
    with pytest.raises(IsolationBroken):
        open_chart(session, "Patient/a", index=index)


class Meanwhile:
    """Somebody else replaces a note, and cuts the chart, as often as the passages are read."""

    def __init__(self, sessions, index, times):
        self._sessions, self._index, self._left = sessions, index, times

    def __call__(self, connection, cursor, statement, *_):
        if not (self._left and "SELECT passages.id, passages.patient_ref" in statement):
            return
        self._left -= 1
        with transaction(self._sessions) as other:
            notes = select(SourceRecord).where(SourceRecord.is_note, SourceRecord.is_latest)
            other.scalars(notes.order_by(SourceRecord.id)).first().is_latest = False
            a_note(other, f"Plan:\nSeen anew, {self._left} to go.", day=200)
            left, self._left = self._left, 0
            index_patient(other, "Patient/a", index=self._index)
            self._left = left


@pytest.mark.parametrize(("times", "is_read"), [(1, True), (2, True), (9, False)])
def test_a_chart_that_is_cut_while_it_is_read_is_read_again(
    sessions, engine, index, times, is_read
):
    with transaction(sessions) as session:
        a_chart(session)
        open_chart(session, "Patient/a", index=index)
    meanwhile = Meanwhile(sessions, index, times)
    event.listen(engine, "before_cursor_execute", meanwhile)
    try:
        with sessions() as session:
            if is_read:
                chart = open_chart(session, "Patient/a", index=index)
                assert any("0 to go" in e.text for e in chart.gather(ANY).evidence)
            else:
                with pytest.raises(Unavailable, match="changing") as refused:
                    open_chart(session, "Patient/a", index=index)
                assert refused.value.can_retry
            session.rollback()
    finally:
        event.remove(engine, "before_cursor_execute", meanwhile)


QUERIES = st.builds(
    SectionQuery,
    key=st.sampled_from(["x", "risk", "problems", "allergies", "legal", "visits"]),
    title=st.just("X"),
    record_types=st.sampled_from([(), ("Condition",), ("DocumentReference",), ("Patient/b",)]),
    codes=st.sampled_from([(), ("66344007",), ("",)]),
    statuses=st.sampled_from([(), ("active",)]),
    headings=st.sampled_from([(), ("Plan",), ("",)]),
    words=st.one_of(
        st.text(max_size=30), st.sampled_from(["Marigold", "Patient/b", "*", "a OR b"])
    ),
    since=st.sampled_from([None, FIRST_DAY, FIRST_DAY.replace(tzinfo=None)]),
    limit_tokens=st.integers(-5, 3000),
)
QUESTIONS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "Marigold in Patient/b",
            "Anemone since last visit",
            "plan before 2030",
            "Patient/b on 2025-01-01",
            "rest in the last 9 years",
        ]
    ),
)


def test_no_call_returns_a_passage_of_another_patient(session, index):
    for patient, name in (("Patient/a", "Anemone"), ("Patient/b", "Marigold")):
        a_chart(session, patient)
        a_note(session, f"{name} sleeps badly.\n\nPlan:\n{name} rests.", patient=patient)
    charts = {p: open_chart(session, p, index=index) for p in ("Patient/a", "Patient/b")}
    mine = {p: {r.id for r in chart.records} for p, chart in charts.items()}
    assert not mine["Patient/a"] & mine["Patient/b"]

    @hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(["Patient/a", "Patient/b"]), QUERIES, QUESTIONS)
    def holds(patient, query, question):
        chart = charts[patient]
        told = [
            *chart.gather(query).evidence,
            *chart.ask(question).evidence,
            *chart.ask(question, query).evidence,
        ]
        for each in (*told, *(e for some in chart.always().values() for e in some)):
            assert each.record_id in mine[patient]
            assert ("Marigold" if patient == "Patient/a" else "Anemone") not in each.text

    holds()
