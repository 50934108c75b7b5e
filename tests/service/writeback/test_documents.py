"""What is sent is valid R4, follows US Core, and says the same words in text and page."""

import hashlib
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from fhir.resources.R4B import get_fhir_model_class

from service.drafting.prompts import packaged_prompts
from service.fhir.profile import Writing
from service.writeback.acts import Act
from service.writeback.attested import AttestedText, Attester, Coding, Drafter, Period, Source
from service.writeback.documents import device, document
from service.writeback.provenance import (
    is_ours,
    provenance,
    retraction,
    source_name,
    source_ref,
)
from tests.fhir_fixtures.validators import fhirkit_errors, medplum_errors_of_each
from tests.service.writeback.builders import a_document

AT = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)
SIGNER = Attester("Practitioner/demo-clinician", "Dr Ines Lindqvist", "signed", AT)
COSIGNER = Attester("Practitioner/demo-attending", "Dr Samuel Adeyemi", "cosigned", AT)


def an_attested_text(**changed):
    content = a_document()
    attested = AttestedText(
        summary_id="5" * 32,
        digest=content.digest(),
        patient_ref="Patient/p1",
        content=content,
        type=Coding("34133-9", "Summary of episode note"),
        made_at=AT,
        attesters=(SIGNER,),
        drafter=Drafter("0.1.0", "extractive", "pre-visit 1", "ab" * 32),
        sources=(Source("Observation/o1", "3"), Source("Condition/c1")),
    )
    return replace(attested, **changed)


def a_full_text():
    return an_attested_text(
        attesters=(SIGNER, COSIGNER),
        labels=("PSY", "house-rule", "R"),
        encounter_ref="Encounter/e1",
        period=Period("2026-08-01", "2026-08-09"),
        replaces=("DocumentReference/d0",),
        amended_because="The dose was another.",
        drafter=Drafter("0.1.0", "openai:gpt|x", "p 2", "cd"),
    )


def a_provenance(attested, *, device_ref="Device/dev1", sources=(), organization=""):
    return provenance(
        attested,
        document_ref="DocumentReference/d1",
        device_ref=device_ref,
        sources=sources,
        recorded=AT,
        organization=organization,
    )


def a_retraction(practitioner_ref="Practitioner/p1", reason="Another patient's."):
    act = Act("hospital:7", practitioner_ref, reason, AT)
    return retraction(["DocumentReference/d1"], act, version="0.1.0", recorded=AT)


def outbound():
    plain, full = an_attested_text(), a_full_text()
    return [
        document(plain),
        document(full),
        device(plain.drafter),
        device(full.drafter),
        a_provenance(plain, sources=map(source_ref, plain.sources)),
        a_provenance(plain, sources=map(source_name, plain.sources)),
        a_provenance(full, device_ref=None, organization="Organization/o1"),
        document(full, Writing(organization="Organization/o1")),
        a_retraction(),
        a_retraction(practitioner_ref="", reason=""),
    ]


@pytest.mark.parametrize("resource", outbound(), ids=lambda r: r["resourceType"])
def test_every_outbound_resource_is_r4(resource):
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    assert fhirkit_errors(resource) == []


def test_every_outbound_resource_is_r4_to_medplum_too():
    assert medplum_errors_of_each(outbound()) == [[]] * len(outbound())


def test_the_document_carries_what_us_core_asks_for():
    sent = document(a_full_text())
    assert (sent["status"], sent["docStatus"]) == ("current", "amended")
    assert sent["type"]["coding"][0] | {"display": ""} == {
        "system": "http://loinc.org",
        "code": "34133-9",
        "display": "",
    }
    assert sent["category"][0]["coding"][0]["code"] == "clinical-note"
    assert sent["subject"] == {"reference": "Patient/p1"}
    assert sent["author"][0]["reference"] == "Practitioner/demo-clinician"
    assert sent["authenticator"]["reference"] == "Practitioner/demo-attending"
    assert sent["context"]["encounter"] == [{"reference": "Encounter/e1"}]
    assert sent["context"]["period"] == {"start": "2026-08-01", "end": "2026-08-09"}
    assert sent["meta"]["security"][0]["code"] == "AIAST"


def test_a_label_of_no_known_system_is_carried_as_words():
    labels = document(a_full_text())["securityLabel"]
    systems = [each.get("coding", [{}])[0].get("system", "").rpartition("/")[2] for each in labels]
    assert systems == ["v3-ActCode", "", "v3-Confidentiality"]
    assert labels[1] == {"text": "house-rule"}


@pytest.mark.parametrize(
    ("labels", "is_told"),
    [(("42CFRPart2", "R"), True), (("42CFRPart2CD",), True), (("PSY",), False)],
)
def test_what_a_programme_wrote_goes_with_the_notice_on_redisclosure(labels, is_told):
    sent = document(replace(a_full_text(), labels=labels))
    assert ("42 CFR part 2 prohibits" in sent.get("description", "")) is is_told


# LOINC codes whose class is DOC.ONTOLOGY and whose scale is Doc; those of a section (as 8648-8,
# scale Nar) are no types of documents.
DOCUMENT_CODES = {
    "18761-7": "Transfer summary note",
    "18842-5": "Discharge summary",
    "28627-8": "Psychiatry Progress note",
    "34133-9": "Summary of episode note",
    "56445-0": "Medication summary Document",
}


def test_each_type_is_filed_under_a_code_of_documents():
    told = {p.meta.type.code: p.meta.type.display for p in packaged_prompts().values()}
    assert told == DOCUMENT_CODES


def test_the_document_says_who_signed_when_and_what_drafted_it():
    assert document(an_attested_text())["description"] == (
        "Signed by Dr Ines Lindqvist, 2026-09-01 09:30 UTC; "
        "drafted by Countersign 0.1.0 (extractive) from 2 records."
    )
    assert "; cosigned by Dr Samuel Adeyemi, " in document(a_full_text())["description"]


@pytest.mark.parametrize("position", [0, 1])
def test_each_attachment_names_its_own_size_and_hash(position):
    attachment = document(an_attested_text())["content"][position]["attachment"]
    content = b64decode(attachment["data"])
    assert attachment["size"] == len(content)
    assert b64decode(attachment["hash"]) == hashlib.sha1(content).digest()


def test_the_text_is_the_attested_text_and_the_page_has_the_same_words():
    attested = an_attested_text()
    text, page = (
        b64decode(each["attachment"]["data"]).decode() for each in document(attested)["content"]
    )
    assert hashlib.sha256(text.encode()).hexdigest() == attested.digest
    shown = BeautifulSoup(page, "html.parser")
    lines = [line.removeprefix("- ") for line in text.splitlines() if line]
    assert [each.get_text() for each in shown.body.find_all(["h1", "h2", "p", "li"])] == lines
    assert not shown.find_all(["script", "link", "img", "b", "iframe"])


def test_the_provenance_says_who_assembled_and_who_vouched():
    made = a_provenance(a_full_text())
    kinds = [agent["type"]["coding"][0]["code"] for agent in made["agent"]]
    assert kinds == ["assembler", "attester", "legal"]
    assert [each["role"] for each in made["entity"]] == ["revision", "derivation"]
    assert is_ours(made)
    assert not is_ours({"agent": [{"who": {"reference": "Practitioner/x"}}]})


def test_the_software_works_for_the_author_and_people_for_their_organization():
    made = a_provenance(a_full_text(), organization="Organization/o1")
    behalf = [agent["onBehalfOf"]["reference"] for agent in made["agent"]]
    assert behalf == ["Practitioner/demo-clinician", "Organization/o1", "Organization/o1"]
    alone = a_provenance(a_full_text())
    assert ["onBehalfOf" in agent for agent in alone["agent"]] == [True, False, False]
    filed = document(an_attested_text(), Writing(organization="Organization/o1"))
    assert filed["custodian"] == {"reference": "Organization/o1"}


def test_the_same_text_makes_the_same_document():
    assert document(an_attested_text()) == document(an_attested_text())
