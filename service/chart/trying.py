"""What can be told of an EHR without keeping or writing anything: for `doctor`."""

from collections import Counter

from service.chart.fetching import fetch_chart
from service.chart.searches import SEARCHES
from service.errors import WrongSetting
from service.fhir.abilities import abilities_of, lacking, unfit
from service.fhir.client import FhirClient
from service.fhir.errors import EhrNotFound, EhrRefused

NOBODY = "Patient/countersign-doctor"  # no patient has this id; asking tells whether we may ask


def look(client: FhirClient) -> str:
    """What the EHR is, and what is less than whole there. Raises WrongSetting for what cannot
    work, and FhirError."""
    known = abilities_of(client.capability())
    if wrong := unfit(known):
        raise WrongSetting(" ".join(wrong))
    _check_may_read(client)
    notes = lacking(known, {each.resource_type: each.reason for each in SEARCHES})
    return "; ".join([f"FHIR {known.fhir_version}", *notes])


def _check_may_read(client: FhirClient) -> None:
    """Some servers show their CapabilityStatement to everybody and nothing else."""
    try:
        client.read(NOBODY)
    except EhrNotFound:
        return
    except EhrRefused as refused:
        if refused.http_status in (401, 403):
            raise
        return  # an id of another form than its own: it was looked at, and that is enough


def try_patient(client: FhirClient, patient_ref: str) -> str:
    """Read one chart as a draft would, and keep none of it: what came, and what did not.
    Raises WrongSetting for a patient whom the EHR does not know, and FhirError."""
    fetched = fetch_chart(client, patient_ref, since=None, is_held=lambda _: set())
    if fetched.is_unknown:
        raise WrongSetting("the EHR knows no patient of this id.")
    if fetched.merged_into:
        raise WrongSetting(f"the EHR has merged this patient into {fetched.merged_into}.")
    if fetched.refused:
        raise fetched.refused
    counts = Counter(str(r.get("resourceType")) for r in fetched.resources)
    said = [f"{len(fetched.resources)} resources, {len(fetched.binaries)} attachments read"]
    said += [f"{name} {count}" for name, count in sorted(counts.items())]
    gaps = [f"{each.get('source', '')}: {each['reason']}" for each in fetched.gaps]
    if gaps:
        raise WrongSetting("; ".join(said) + ". Not read: " + " ".join(gaps))
    return "; ".join(said)
