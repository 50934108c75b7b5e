"""What names the patient and those close to them does not leave, and comes back exactly."""

import json

import pytest

from fhir_fixtures import stories
from service.chart.identity import Identity, identity
from service.drafting.model.masking import Mask, NoMask
from service.verification.charts import records_of
from tests.service.drafting.builders import a_record

PATIENT = {
    "resourceType": "Patient",
    "name": [{"family": "Okafor", "given": ["Maria", "Adaeze"]}, {"text": "Mimi Okafor"}],
    "identifier": [{"value": "LHS-4471902"}],
    "telecom": [{"value": "+1-612-555-0142"}, {"value": "maria.okafor@mail.example"}],
    "birthDate": "1987-04-02",
    "address": [{"line": ["318 Hawthorn Lane"], "city": "Minneapolis", "postalCode": "55406"}],
    "contact": [
        {
            "name": {"family": "Okafor", "given": ["Ngozi"]},
            "telecom": [{"value": "+1-612-555-0187"}],
        }
    ],
}
WHO = identity([a_record("Patient", "Patient: Maria Okafor", raw=json.dumps(PATIENT))])


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Ms. Okafor sleeps well.", "Okafor"),
        ("OKAFOR, MARIA seen today", "MARIA"),
        ("Maria's sister Ngozi called.", "Ngozi"),
        ("Prefers Mimi.", "Mimi"),
        ("Calls herself Mar.", "Mar"),
        ("MRN 4471902; lhs 4471902", "4471902"),
        ("Phone (612) 555-0142, home 555-0142", "0142"),
        ("Sister at 612.555.0187", "0187"),
        ("A stranger's number 415-555-0100", "0100"),
        ("Write to Maria.Okafor@mail.example or n@b.example.org", "@"),
        ("DOB 04/02/1987, born 2 April 1987", "1987"),
        ("Born on Apr 2nd, 1987; 1987-04-02", "1987"),
        ("Lives at 318 hawthorn  lane, Minneapolis 55406", "lane"),
        ("Lives in Minneapolis with her son, Chidi Eze.", "Chidi"),
        ("SSN 123-45-6789", "6789"),
        ("DOB 02-Apr-87, 02APR1987, April 2, '87", "87"),
        ("DOB: 04 / 02 / 1987; 2. 4. 1987; 04021987; 1987/4/2", "87"),
        ("born on the second of April 1987", "1987"),
        ("File Okafor_Maria_1987-04-02.pdf", "Okafor"),
        ("MRN_LHS-4471902_scan", "4471902"),
        ("MRN LHS 447 1902", "1902"),
        ("login mokafor87, MariaOkafor", "kafor"),
        ("the Okafors", "Okafor"),
        ("Ｍａｒｉａ, Ma\u0301ria, 𝐌𝐚𝐫𝐢𝐚", "ria"),
        ("Lives at 318 Hawthorn Ln.", "Ln"),
    ],
)
def test_an_identifier_does_not_leave_and_comes_back_exactly(text, gone):
    mask = Mask(WHO, [text])
    hidden = mask.hide(text)
    assert gone not in hidden
    assert mask.show(hidden) == text


def a_mask(*names, number="", texts=()):
    named = {
        "resourceType": "Patient",
        "name": [{"given": list(names)}],
        "identifier": [{"value": number}],
    }
    return Mask(identity([a_record("Patient", "Patient", raw=json.dumps(named))]), texts)


@pytest.mark.parametrize(
    ("name", "text", "gone"),
    [
        ("Maria", "pt maria seen, maria's son too", "maria"),
        ("MCDONALD", "Mr McDonald slept; McDonald said so", "McDonald"),
        ("MARIA", "Mari slept.", "Mari"),
        ("Smith-Jones", "Mrs Jones, née Smith, or smith jones", "ones"),
        ("Smith-Jones", "Mrs Smith‑Jones slept.", "Smith"),
        ("O'Brien", "Mr O’Brien, or brien", "rien"),
        ("O’Brien", "Mr O'Brien slept.", "Brien"),
        ("José", "Jose slept, JOSE too", "os"),
        ("Jose", "José slept.", "Jos"),
        ("García", "Mr Garcia and Sra. García", "Garc"),
        ('Robert "Bob"', "Bob slept; bob is well.", "ob"),
        ("Łukasz", "Lukasz slept.", "Lukasz"),
        ("May", "MAY, and May slept.", "May"),
    ],
)
def test_a_name_does_not_leave_however_it_is_written(name, text, gone):
    mask = a_mask(name, texts=[text])
    hidden = mask.hide(text)
    assert gone not in hidden and gone.lower() not in hidden.lower()
    assert mask.show(hidden) == text


@pytest.mark.parametrize("name", ["Will", "Mark", "Grace", "May", "Long", "WHITE", "van", "An"])
def test_a_name_that_is_a_word_too_leaves_as_that_word(name):
    text = "She will mark a long white van and may say grace to an aunt."
    assert a_mask(name).hide(text) == text


def test_a_number_does_not_leave_with_more_or_fewer_zeros_before_it():
    assert a_mask(number="00123456").hide("MRN 123456") == "MRN [NUMBER-1]"
    assert a_mask(number="123456").hide("MRN 00123456") == "MRN [NUMBER-1]"
    assert a_mask(number="0012").hide("12 tablets of 0012") == "12 tablets of [NUMBER-1]"


@pytest.mark.parametrize(
    "text",
    [
        "Takes sertraline 50 mg since 2024-03-02.",
        "Her mother Denies any history. She denies it too.",
        "PHQ-9 21 on 2026-05-01, lithium 0.8 mmol/L, BP 120/80.",
        "Call 988 in a crisis.",
        "Market stall closed; marked improvement.",
    ],
)
def test_what_names_nobody_stays(text):
    assert Mask(WHO, [text]).hide(text) == text


def test_the_same_words_have_the_same_placeholder_throughout_a_draft():
    mask = Mask(WHO, [])
    assert mask.hide("Maria and Maria") == "[NAME-1] and [NAME-1]"
    assert mask.hide("Okafor, Maria") == "[NAME-2], [NAME-1]"
    assert mask.count == 2


def test_a_placeholder_in_a_chart_names_nobody_else():
    mask = Mask(WHO, [])
    mask.hide("Maria")
    hidden = mask.hide("Asked for [NAME-1].")
    assert mask.show(hidden) == "Asked for [NAME-1]."


def test_a_placeholder_that_was_never_given_stays_visible():
    assert Mask(WHO, []).show("[NAME-9] is well.") == "[NAME-9] is well."


def test_a_placeholder_without_its_brackets_is_understood():
    mask = Mask(WHO, [])
    mask.hide("Maria")
    assert mask.show("NAME-1 sleeps.") == "Maria sleeps."


def test_allowed_text_leaves_as_it_is():
    assert NoMask().hide("Maria") == "Maria" and NoMask().show("[NAME-1]") == "[NAME-1]"


def test_numbers_of_a_chart_that_names_nobody_are_hidden():
    assert Mask(Identity(), []).hide("Call 415-555-0100.") == "Call [CONTACT-1]."


@pytest.mark.parametrize("name", stories.names())
def test_no_identifier_of_a_story_leaves_in_any_record(name):
    records = records_of(stories.story(name).bundle)
    who = identity(records)
    mask = Mask(who, [r.text for r in records])
    sent = "\n".join(mask.hide(r.text) for r in records)
    secret = who.names | who.numbers | who.contacts | who.addresses | who.births
    assert len(secret) > 8
    assert [value for value in secret if len(value) > 2 and value in sent] == []
    assert mask.show(sent) == "\n".join(r.text for r in records)
