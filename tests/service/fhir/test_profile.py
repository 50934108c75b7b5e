"""A site profile says what an EHR does not say of itself."""

import pytest

from service.errors import WrongSetting
from service.fhir.client import FhirClient
from service.fhir.profile import SHIPPED, SiteProfile, load_profile
from tests.service.fhir.wire_fakes import BASE, ScriptedEhr, a_page, fhir

ALIAS = "https://internal.ehr.test:8443/api/FHIR/R4"


def with_alias(ehr):
    profile = SiteProfile.model_validate({"reading": {"aliases": [ALIAS]}})
    return FhirClient(BASE, transport=ehr, profile=profile)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_profile_is_one_and_says_why(name):
    assert load_profile(name).reason


def test_without_one_the_server_does_what_its_book_says():
    assert load_profile(None) == SiteProfile()


def test_a_site_begins_with_a_shipped_one_and_changes_what_is_its_own(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(
        f'like = "epic"\n[reading]\naliases = ["{ALIAS}"]\n[writing]\nindex_lag_s = 5\n'
    )
    profile = load_profile(str(path))
    assert profile.reading.aliases == (ALIAS,)
    assert profile.reading.observation_by_category
    assert (profile.writing.index_lag_s, profile.writing.conditional_create) == (5, False)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[writing]\ncontent_types = []\n", "wrong at writing.content_types"),
        ("[writing]\ndoc_statsu = true\n", "wrong at writing.doc_statsu"),
        ('like = "nobody"\n', "like none of"),
        ("x: 1", "COUNTERSIGN_FHIR_PROFILE"),
    ],
)
def test_a_wrong_profile_is_one_sentence(tmp_path, written, said):
    path = tmp_path / "site.toml"
    path.write_text(written)
    with pytest.raises(WrongSetting, match=said):
        load_profile(str(path))


def test_a_reference_under_an_alias_is_one_of_this_ehr():
    ehr = ScriptedEhr(fhir({"resourceType": "Patient", "id": "1"}))
    assert with_alias(ehr).read(f"{ALIAS}/Patient/1")["id"] == "1"
    assert str(ehr.asked[0].url) == BASE + "Patient/1"


def test_a_next_page_and_an_attachment_under_an_alias_are_asked_at_our_address():
    letter = fhir({"resourceType": "Binary", "id": "1", "data": "bm90ZQ=="})
    ehr = ScriptedEhr(a_page("1", after=f"{ALIAS}/Condition?p=2"), a_page("2"), letter)
    client = with_alias(ehr)
    assert [r["id"] for r in client.search("Condition", {})] == ["1", "2"]
    assert client.read_binary(f"{ALIAS}/Binary/1")[0] == b"note"
    assert all(str(each.url).startswith(BASE) for each in ehr.asked)
