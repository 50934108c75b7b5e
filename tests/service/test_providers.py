"""A sign-in that could not work, or not safely, is refused at start in words."""

from typing import get_args

import pytest

from service.embedded import environment
from service.errors import WrongSetting
from service.providers import PersonRole
from service.settings import load_settings
from service.summary.vocabulary import Role

TOML = """
public_url = "https://countersign.example/"

[[sign_in]]
key = "hospital"
name = "the hospital"
issuer = "https://id.example"
client_id = "countersign"
client_secret = "hush-hush"

[sign_in.roles]
attending = ["consultants"]
clinician = ["psychiatrists", "psychologists"]
"""


@pytest.fixture
def settings_of(monkeypatch, tmp_path):
    def load(text):
        path = tmp_path / "countersign.toml"
        path.write_text(text)
        monkeypatch.setenv("COUNTERSIGN_CONFIG", str(path))
        return load_settings()

    return load


def test_a_table_of_the_settings_file_is_a_provider(settings_of):
    settings = settings_of(TOML)
    (hospital,) = settings.sign_in
    assert list(hospital.roles) == ["attending", "clinician"]
    assert settings.public_url == "https://countersign.example"
    assert "hush-hush" not in str(settings.printable())


def test_a_child_process_gets_the_same_providers(settings_of, monkeypatch):
    given = settings_of(TOML)
    for name, value in environment(given).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("COUNTERSIGN_CONFIG")
    assert load_settings().sign_in == given.sign_in


def test_every_role_of_a_person_can_be_mapped():
    assert set(get_args(PersonRole)) == set(Role) - {Role.SERVICE}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('issuer = "https://id.example"', "", "issuer"),
        ('"https://id.example"', '"http://id.example"', "https"),
        ('"https://id.example"', '"id.example"', "https"),
        ("attending =", "surgeon =", "roles.surgeon"),
        ("[sign_in.roles]", "[sign_in.elsewhere]", "1.elsewhere"),
        ('key = "hospital"', 'key = "The Hospital"', "1.key"),
        ('client_id = "countersign"', "", "1.client_id"),
        ('client_secret = "hush-hush"', 'client_secret = "x"\nclient_key = "k.pem"', "not both"),
        ('"https://countersign.example/"', '"countersign.example"', "PUBLIC_URL"),
    ],
)
def test_what_could_not_work_is_named(settings_of, old, new, said):
    with pytest.raises(WrongSetting, match=said) as refused:
        settings_of(TOML.replace(old, new))
    assert "hush-hush" not in str(refused.value)


def test_two_providers_of_one_key_are_refused(settings_of):
    twice = TOML + TOML.partition("\n\n")[2]
    with pytest.raises(WrongSetting, match="same key"):
        settings_of(twice)
