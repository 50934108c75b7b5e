"""FHIR's data types as words. Every function takes what a vendor may send and never fails."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

# SNOMED CT's fully specified names end in what kind of thing they are.
_SEMANTIC_TAG = re.compile(
    r" \((?:disorder|finding|procedure|situation|observable entity|regime/therapy|event|"
    r"morphologic abnormality|physical object|environment|substance|product|qualifier value|person|"
    r"occupation|organism|record artifact|body structure|context-dependent category|"
    r"medicinal product|clinical drug)\)$"
)
# Systems whose codes say nothing to a reader and repeat on every record.
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def each(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list, or the one object given instead of a list."""
    if isinstance(value, list):
        return [v for v in value if isinstance(v, dict)]
    return [value] if isinstance(value, dict) else []


def first(value: object) -> Mapping[str, Any]:
    """The first object in a list, an empty one when there is none."""
    if isinstance(value, dict):
        return value
    return next(iter(each(value)), {})


def text(value: object) -> str:
    """A string as it is, a number or boolean as JSON writes it, "" for anything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value) if isinstance(value, int | float | Decimal) else ""


def number(value: object) -> str:
    """A number with the digits it was sent with, never in exponent form."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 30:
        return format(value, "f")
    return str(value)


LONGEST_FRACTION = 3  # nobody reads a fourth decimal; three may matter (urine gravity 1.025)


def rounded(value: object) -> object:
    """A number for the eye: one with a long fraction to two decimals, or below 1 to two figures.

    Anything else comes back as it was.
    """
    if isinstance(value, bool) or not isinstance(value, float | Decimal):
        return value
    exact = Decimal(str(value))
    exponent = exact.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= LONGEST_FRACTION:
        return value
    last = -2 if abs(exact) >= 1 or not exact else exact.adjusted() - 1
    return exact.quantize(Decimal(1).scaleb(last)) if last >= exponent else value


def concept(value: object) -> str:
    """A CodeableConcept or Coding: its text, else a display, else a code."""
    if isinstance(value, str):
        return value.strip()
    element = first(value)
    if chosen := text(element.get("text")):
        return untagged(chosen)
    codings = each(element.get("coding")) or [element]
    for name in ("display", "code"):
        for coding in codings:
            if chosen := text(coding.get(name)):
                return untagged(chosen)
    return absent_reason(element)


def named(value: object) -> str:
    """The text or a display of a CodeableConcept; "" where there is only a code."""
    element = first(value)
    if not text(element.get("text")) and not any(
        text(coding.get("display")) for coding in [*each(element.get("coding")), element]
    ):
        return value.strip() if isinstance(value, str) else ""
    return concept(element)


def all_codes(value: object) -> list[str]:
    """The code of every coding, then every display and text, in lower case with "-" for a space:
    a status is where any of its codings has it, and a vendor's own often comes first."""
    found: list[str] = []
    for element in each(value):
        codings = each(element.get("coding"))
        found += [text(c.get(name)) for name in ("code", "display") for c in codings]
        found.append(text(element.get("text")))
    if isinstance(value, str):
        found.append(value)
    return [code.strip().lower().replace(" ", "-") for code in found if code.strip()]


def known_code(value: object, known: object) -> str:
    """The first of `all_codes` that is among `known`, else the first code as sent."""
    found = (code for code in all_codes(value) if code in known)  # type: ignore[operator]
    return next(found, bare_code(value))


def concepts(value: object) -> str:
    """Several concepts, each once, with commas."""
    return joined(concept(element) for element in each(value))


def joined(parts: object, separator: str = ", ") -> str:
    """Parts that are not empty, each once."""
    found = (part for part in parts if part)  # type: ignore[attr-defined]
    return separator.join(dict.fromkeys(found))


def untagged(display: str) -> str:
    """A SNOMED display without its " (disorder)"."""
    return _SEMANTIC_TAG.sub("", display) if display.endswith(")") else display


def code_of(value: object) -> str:
    """ "system|code" of the first coding that has a code."""
    for element in each(value):
        for coding in each(element.get("coding")):
            if code := text(coding.get("code")):
                return f"{text(coding.get('system'))}|{code}"
    return ""


def bare_code(value: object) -> str:
    """The code of the first coding, "" when there is none."""
    return code_of(value).rpartition("|")[2]


def codes_line(value: object) -> str:
    """Every coding with its display, for the "Code" line: "SNOMED 123 (Anxiety)"."""
    return joined(
        (_coded(coding) for element in each(value) for coding in each(element.get("coding"))), "; "
    )


def _coded(coding: Mapping[str, Any]) -> str:
    code, display = text(coding.get("code")), text(coding.get("display"))
    if not code:
        return display
    named = f"{_system_name(text(coding.get('system')))} {code}".strip()
    return f"{named} ({display})" if display else named


_SYSTEMS = {
    "http://snomed.info/sct": "SNOMED CT",
    "http://loinc.org": "LOINC",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://hl7.org/fhir/sid/ndc": "NDC",
    "http://www.ama-assn.org/go/cpt": "CPT",
}


def _system_name(system: str) -> str:
    return _SYSTEMS.get(system, system.rstrip("/").rpartition("/")[2])


def absent_reason(element: Mapping[str, Any]) -> str:
    """ "(unknown)", "(masked)" ... where the sender says why a value is absent; else ""."""
    for extension in each(element.get("extension")):
        if extension.get("url") == DATA_ABSENT and text(extension.get("valueCode")):
            return f"({text(extension.get('valueCode'))})"
    return ""


def quantity(value: object) -> str:
    """ "5.4 mmol/L", "< 0.5 mg/dL"; units as the sender writes them."""
    element = first(value)
    amount = text(element.get("value"))
    unit = text(element.get("unit")) or text(element.get("code"))
    if not amount:
        return absent_reason(element)
    if "{" in unit:  # a UCUM annotation: {score}, mL/min/{1.73_m2}
        unit = unit.replace("{", "").replace("}", "").replace("_", " ")
    unit = "" if unit in ("1", "score") else unit  # UCUM's unity; a score is named as one
    parts = (text(element.get("comparator")), amount, unit)
    return " ".join(part for part in parts if part).replace(" %", "%")


def range_of(value: object) -> str:
    """ "3.5 to 5.1 mmol/L"; one-sided as "at least 3.5" or "at most 5.1"."""
    element = first(value)
    low, high = quantity(element.get("low")), quantity(element.get("high"))
    if low and high:
        low_number = text(first(element.get("low")).get("value"))
        return f"{low_number} to {high}" if _same_unit(element) else f"{low} to {high}"
    if low:
        return f"at least {low}"
    return f"at most {high}" if high else ""


def _same_unit(element: Mapping[str, Any]) -> bool:
    low, high = first(element.get("low")), first(element.get("high"))
    return low.get("unit") == high.get("unit") and not low.get("comparator")


def ratio(value: object) -> str:
    element = first(value)
    top, bottom = quantity(element.get("numerator")), quantity(element.get("denominator"))
    return f"{top} per {bottom}" if top and bottom and bottom != "1" else top


def do_not(element: Mapping[str, Any]) -> str:
    """What stands before that which is planned or ordered not to be done."""
    return "Do not: " if element.get("doNotPerform") is True else ""


def person_name(value: object) -> str:
    """A HumanName: the official or usual one; its text, else prefix, given, family, suffix."""
    names = list(each(value))
    order = {"official": 0, "usual": 1, "": 2}
    names.sort(key=lambda n: order.get(text(n.get("use")), 3))
    for name in names:
        if written := text(name.get("text")) or " ".join(_name_parts(name)):
            return written
    return ""


def _name_parts(name: Mapping[str, Any]) -> Iterator[str]:
    for part in ("prefix", "given", "family", "suffix"):
        value = name.get(part)
        yield from (t for v in (value if isinstance(value, list) else [value]) if (t := text(v)))


def notes_text(value: object) -> str:
    """Annotations: their texts, with who and when where given."""
    return joined((text(note.get("text")) for note in each(value)), " / ")


def in_brackets(*parts: str) -> str:
    """ " (a; b)" for the parts that are not empty; "" when all are."""
    inner = "; ".join(part for part in parts if part)
    return f" ({inner})" if inner else ""
