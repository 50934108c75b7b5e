"""What people made of the drafts is counted once, from draft to signature."""

import time

import pytest

from service.errors import NotPermitted
from service.qa.handling import edited_share, handling
from service.summary import progress
from service.summary.models import Attestation
from service.summary.vocabulary import FindingKind, ResolutionAction
from service.summary.vocabulary import SummaryStatus as S
from tests.service.qa.builders import CLINICIAN, QA, a_draft, a_finding, a_signed_summary, an_edit


def signed(session, summary):
    session.add(
        Attestation(
            summary_id=summary.id,
            digest=summary.current.digest,
            person_id=CLINICIAN.id,
            person_name=CLINICIAN.name,
            practitioner_ref=CLINICIAN.practitioner_ref,
            meaning="signed",
        )
    )
    progress.advance(session, summary, S.SIGNED, actor=CLINICIAN.id)
    session.expire(summary)
    return summary


def settled(session, summary, action, kind=FindingKind.OMITTED):
    finding = a_finding(session, summary, kind, resolved_by=CLINICIAN.id)
    finding.resolution = action
    session.flush()
    return finding


def test_a_text_that_is_signed_as_drafted_is_not_edited(session):
    a_signed_summary(session)
    found = handling(session, by=QA)
    assert (found.signed, found.unedited.count, found.edited_p50) == (1, 1, 0)


def test_an_edit_counts_by_its_words(session):
    summary = a_draft(session)
    an_edit(session, summary)
    signed(session, summary)
    found = handling(session, by=QA)
    assert found.unedited.count == 0
    assert 0 < found.edited_p50 < 0.5


@pytest.mark.parametrize(
    ("draft", "text", "share"),
    [
        ("takes 50 mg daily", "takes 50 mg daily", 0),
        ("takes 50 mg daily", "takes 75 mg daily", 0.25),
        ("takes 50 mg", "takes 50 mg every single day", 0.5),
        ("one two", "three four", 1),
        ("", "", 0),
    ],
)
def test_the_share_of_words_that_differ(draft, text, share):
    assert edited_share(draft, text) == share


def test_two_long_texts_are_compared_at_once():
    draft, text = (" ".join(str(n % k) for n in range(6_000)) for k in (5, 7))
    began = time.process_time()
    assert 0 < edited_share(draft, text) <= 1
    assert time.process_time() - began < 2


def test_decisions_are_counted_by_kind_and_each_finding_once(session):
    summary = a_draft(session)
    settled(session, summary, ResolutionAction.CORRECTED)
    an_edit(session, summary)
    settled(session, summary, ResolutionAction.DISMISSED, FindingKind.LANGUAGE)
    signed(session, summary)
    by_kind = {each.kind: each for each in handling(session, by=QA).kinds}
    assert by_kind[FindingKind.OMITTED].corrected.count == 1
    assert by_kind[FindingKind.LANGUAGE].dismissed.count == 1
    assert by_kind[FindingKind.LANGUAGE].overridden.count == 0


def test_a_finding_that_two_versions_carry_is_one_with_its_last_decision(session):
    summary = a_draft(session)
    a_finding(session, summary)
    an_edit(session, summary)
    settled(session, summary, ResolutionAction.ACCEPTED)
    signed(session, summary)
    (omitted,) = handling(session, by=QA).kinds
    assert (omitted.found, omitted.overridden.count) == (1, 1)


def test_what_nobody_signed_is_not_counted(session):
    a_draft(session)
    assert handling(session, by=QA).signed == 0
    with pytest.raises(NotPermitted):
        handling(session, by=CLINICIAN)
