"""Texts and resources to check, and what their summary must carry."""

from service.drafting.prompts import packaged_prompts
from service.summary.vocabulary import SummaryType
from service.verification.charts import records_of
from service.verification.models import Source
from service.verification.omission.check import Carried, check_omissions
from service.verification.omission.choose import must_say
from service.verification.omission.sources import Sources

RULES = packaged_prompts()[SummaryType.PRE_VISIT].must_carry
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1980-05-01"}


def chart(*resources):
    """Records of one patient's resources."""
    entry = [{"resource": each} for each in (PATIENT, *map(_of_patient, enumerate(resources)))]
    return records_of({"resourceType": "Bundle", "type": "collection", "entry": entry})


def a_result(name, value, category, on="2026-02-01"):
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": category}]}],
        "code": {"text": name},
        "effectiveDateTime": on,
        "valueQuantity": {"value": value},
    }


def _of_patient(numbered):
    number, resource = numbered
    of = "patient" if resource["resourceType"] in ("AllergyIntolerance", "Consent") else "subject"
    return {"id": f"r{number}", of: {"reference": "Patient/p"}, **resource}


def asked(*texts, records=()):
    """(kind, what names it) of everything that a summary of the texts must carry."""
    sources = [Source(f"s{number}", text) for number, text in enumerate(texts)]
    found = must_say(Sources.of(sources, records), RULES)
    return [(each.kind, each.key.split(":")[1]) for each in found]


def left_out(summary, *texts, records=()):
    """(kind, missing parts) of what the summary does not carry."""
    sources = [Source(f"s{number}", text) for number, text in enumerate(texts)]
    found = check_omissions(Carried(summary), records, RULES, sources).omissions
    return [(each.kind, each.missing) for each in found]
