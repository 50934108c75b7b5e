"""What a patient's Consents permit and deny, read from FHIR R4 `Consent`.

Only an active consent to privacy counts. Where a condition cannot be decided (who an unknown actor
is, a date that a record lacks), a permission does not hold and a denial does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from service.access.labels import resource_of
from service.access.policy import Kind, Use, plain, policy_in_force
from service.access.provisions import Asked, Provision, provision_of
from service.access.safety import safety_in_force
from service.chart.models import SourceRecord
from service.database import now
from service.fhir.references import resolve
from service.summary.vocabulary import Standing

log = structlog.get_logger(__name__)

# R4 consentscope; "treatment" is about being treated, "research" and "adr" about other things.
_PRIVACY = "patient-privacy"
# v3-ActCode of Consent.policyRule: what holds where no provision says more.
_BASE = {"OPTIN": True, "OPTINR": True, "OPTOUT": False, "OPTOUTE": False}
# Who the patient is and what the patient consented to is needed to keep to it.
_NEVER_DENIED = frozenset({"Patient", "Consent"})
_FOR_THE_PATIENT = (Use.TREATMENT, Use.AI)  # no model is asked where everything is denied


@dataclass(frozen=True)
class Consents:
    """The consents of one patient that count now. `reader` is who asks, where that is known."""

    rules: tuple[tuple[str, Provision], ...] = ()
    at: datetime | None = None
    reader: str | None = None

    def read_by(self, reader: str | None) -> "Consents":
        return replace(self, reader=reader)

    def permits(self, record: SourceRecord, label: str, use: Use) -> bool:
        """Whether a consent opens this label of this record, by name, and none denies it."""
        asked = self._asked(record, {label}, use)
        answers = {rule.answer(asked) for _, rule in self.rules}
        return True in answers and False not in answers

    def denials(self, record: SourceRecord, labels: Iterable[str], use: Use) -> list[str]:
        """Why this record may not be used, one sentence a consent that denies it. A denial of
        everything does not reach what somebody may die of not knowing, see safety.toml."""
        if record.resource_type in _NEVER_DENIED or not self.rules:
            return []
        is_vital = use in _FOR_THE_PATIENT and safety_in_force().has(record)
        rules = [
            (ref, rule.without_general_denials() if is_vital else rule) for ref, rule in self.rules
        ]
        every = set(labels)
        sensitive = [c for c in every if policy_in_force().rule_of(c).kind is not Kind.ORDINARY]
        asked = [self._asked(record, some, use) for some in (every, *({c} for c in sensitive))]
        denying = (ref for ref, rule in rules if any(rule.answer(each) is False for each in asked))
        return [f"the patient denies it ({ref})" for ref in denying]

    def against_model(self) -> str:
        """Why no model may be asked about this patient, "" where one may."""
        policy = policy_in_force()
        asked = Asked(use=Use.AI, at=self.at or now(), is_about_model=True, policy=policy)
        answers = {rule.answer(asked) for _, rule in self.rules}
        if False in answers:
            return "the patient has not agreed to the use of a model"
        if policy.ai_needs_consent and True not in answers:
            return "no consent of the patient to the use of a model is held"
        return ""

    def fingerprint(self) -> str:
        """Another text whenever something else counts: a revocation, or a period that ends."""
        return repr([(ref, rule.in_force(self.at or now())) for ref, rule in self.rules])

    def _asked(self, record: SourceRecord, labels: set[str], use: Use) -> Asked:
        return Asked(
            record=record,
            labels=frozenset(map(plain, labels)),
            use=use,
            at=self.at or now(),
            reader=self.reader,
            policy=policy_in_force(),
        )


NO_CONSENTS = Consents()


def consents_of(records: Iterable[SourceRecord], at: datetime | None = None) -> Consents:
    """The Consents among these records, as they count at that instant (now)."""
    at = at or now()
    found = [(r.resource_ref, _rule_or_denial(r)) for r in records if _counts(r)]
    return Consents(tuple((ref, rule) for ref, rule in found if rule is not None), at)


def _counts(record: SourceRecord) -> bool:
    stands = record.standing not in (Standing.EXCLUDED, Standing.REPLACED)
    return record.resource_type == "Consent" and record.is_latest is not False and stands


def _rule_or_denial(record: SourceRecord) -> Provision | None:
    """One that we fail on may deny anything, and permits nothing."""
    try:
        return _rule(record)
    except Exception as error:
        log.warning("consent.not_read", record_id=record.id, error=type(error).__name__)
        return Provision(permits=False, is_understood=False)


def _rule(record: SourceRecord) -> Provision | None:
    """The root provision, with what the policy rule says where it says nothing."""
    resource = resource_of(record)
    if resource.get("status") != "active" or not _is_about_privacy(resource):
        return None
    known = record.refers_to or {}
    root = provision_of(resource.get("provision"), lambda written: resolve(written, known=known))
    base = next((_BASE[c] for c in _codes(resource.get("policyRule")) if c in _BASE), None)
    if resource.get("modifierExtension"):  # it may turn any permission round
        base, root = base and None, root.without_permissions()
    return replace(root, permits=base) if root.permits is None else root


def _is_about_privacy(resource: dict[str, object]) -> bool:
    return _PRIVACY in _codes(resource.get("scope"))


def _codes(concept: object) -> list[str]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    listed = codings if isinstance(codings, list) else [codings]
    found = [c.get("code") for c in listed if isinstance(c, dict)]
    return [code for code in found if isinstance(code, str)]
