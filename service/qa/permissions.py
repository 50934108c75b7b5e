"""Who may sample and rate: QA people, and never on what they had a hand in."""

from service.errors import Conflict, CountersignError, NotPermitted
from service.qa.models import QaSample
from service.review.permissions import Ability, check_may
from service.summary.models import Summary
from service.summary.people import Person


def check_may_rate(person: Person) -> None:
    """Raise NotPermitted unless the person's role samples and rates."""
    check_may(person, Ability.RATE)


def check_can_rate(person: Person, summary: Summary, sample: QaSample) -> None:
    """Raise NotPermitted (role, own work) or Conflict (the sample is closed)."""
    check_may_rate(person)
    if person.id in hands_in(summary):
        raise NotPermitted("You had a hand in this summary; somebody else rates it.")
    if sample.closed_at is not None:
        raise Conflict("This sample is closed; its ratings no longer change.")


def can_rate(person: Person, summary: Summary, sample: QaSample) -> bool:
    try:
        check_can_rate(person, summary, sample)
    except CountersignError:
        return False
    return True


def hands_in(summary: Summary) -> set[str]:
    """Everybody who asked for, worded, judged or signed any of it."""
    worded = {version.made_by for version in summary.versions}
    judged = {f.resolved_by for v in summary.versions for f in v.findings if f.resolved_by}
    signed = {each.person_id for each in summary.attestations}
    return {summary.requested_by} | worded | judged | signed
