"""An EHR at the wire that has patients and subscriptions, and the notifications that it sends."""

import json

import httpx

from service.fhir.client import FhirClient
from service.fhir.profile import SiteProfile
from tests.service.chart.builders import a_bundle, a_patient
from tests.service.fhir.wire_fakes import BASE, fhir

TOPIC = "http://ehr.test/SubscriptionTopic/chart"
PUBLIC = "https://countersign.test"


class Ehr(httpx.BaseTransport):
    """Keeps resources by "Type/id"; `changed` are found by _lastUpdated. `answers` maps "METHOD
    Type" to another answer, or to what makes one of the request."""

    def __init__(self, **arrival):
        self.arrival = arrival
        self.held = {"Patient/p1": a_patient(), "Patient/p2": a_patient("p2")}
        self.changed, self.answers, self.asked = {}, {}, []
        self.gone = set()

    def handle_request(self, request):
        kind, _, id_ = request.url.path.removeprefix("/fhir/").partition("/")
        self.asked.append((request.method, kind, dict(request.url.params)))
        if answer := self.answers.get(f"{request.method} {kind}"):
            return answer(request) if callable(answer) else answer
        if request.method == "POST":
            return self._keep({**json.loads(request.read()), "id": f"made-{len(self.held)}"}, 201)
        if request.method == "PUT":
            return self._keep(json.loads(request.read()), 200)
        if kind == "metadata":
            return fhir({}, 404)
        if id_:
            return self._read(f"{kind}/{id_}")
        since = "_lastUpdated" in request.url.params and "patient" not in request.url.params
        return fhir(a_bundle(*(self.changed.get(kind, ()) if since else ()), kind="searchset"))

    def _read(self, ref):
        if ref in self.gone:
            return fhir({}, 410)
        return fhir(self.held[ref]) if ref in self.held else fhir({}, 404)

    def _keep(self, resource, status):
        self.held[f"{resource['resourceType']}/{resource['id']}"] = resource
        return fhir(resource, status)

    def client(self):
        profile = SiteProfile.model_validate({"arrival": self.arrival})
        return FhirClient(BASE, transport=self, sleep=lambda _: None, profile=profile)

    def subscriptions(self, status=None):
        found = [r for ref, r in self.held.items() if ref.startswith("Subscription/")]
        return [r for r in found if status in (None, r["status"])]

    def pulls(self, patient="Patient/p1"):
        """How often the chart was read."""
        return sum(kind == "Goal" and q.get("patient") == patient for _, kind, q in self.asked)


def a_notification(*events, kind="event-notification", total=None, status="active"):
    """The R4 form: `events` are (number, focus ref) or (number, focus ref, patient ref)."""
    parameters = [
        {"name": "subscription", "valueReference": {"reference": f"{BASE}Subscription/s1"}},
        {"name": "topic", "valueCanonical": TOPIC},
        {"name": "status", "valueCode": status},
        {"name": "type", "valueCode": kind},
    ]
    total = max((number for number, *_ in events), default=0) if total is None else total
    name = "events-since-subscription-start"
    parameters.append({"name": name, "valueString": str(total)})
    parameters += [{"name": "notification-event", "part": _parts(*event)} for event in events]
    return a_bundle({"resourceType": "Parameters", "parameter": parameters}, kind="history")


def _parts(number, focus, patient=None):
    context = [{"name": "additional-context", "valueReference": {"reference": patient}}]
    return [
        {"name": "event-number", "valueString": str(number)},
        {"name": "timestamp", "valueInstant": "2026-05-29T11:44:13-05:00"},
        {"name": "focus", "valueReference": {"reference": focus}},
        *(context if patient else ()),
    ]
