"""A wrong setting is one sentence that names it; secrets are not printed."""

import pytest
from pydantic import SecretStr

from service.covering import CoverSettings
from service.embedded import check_loopback, check_own_ehr, environment
from service.errors import WrongSetting
from service.settings import Settings, load_settings


def test_a_wrong_value_names_the_variable(monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_PORT", "eighty")
    with pytest.raises(WrongSetting, match="COUNTERSIGN_PORT"):
        load_settings()


def test_a_toml_file_sets_and_a_variable_wins(monkeypatch, tmp_path):
    path = tmp_path / "countersign.toml"
    path.write_text('port = 8123\nlog_level = "debug"\n')
    monkeypatch.setenv("COUNTERSIGN_CONFIG", str(path))
    monkeypatch.setenv("COUNTERSIGN_PORT", "8124")
    assert (load_settings().port, load_settings().log_level) == (8124, "debug")


def test_a_setting_that_does_not_exist_is_refused(monkeypatch, tmp_path):
    path = tmp_path / "countersign.toml"
    path.write_text("prot = 8123\n")
    monkeypatch.setenv("COUNTERSIGN_CONFIG", str(path))
    with pytest.raises(WrongSetting, match="PROT"):
        load_settings()


A_TABLE = """
[[sign_in]]
key = "ehr"
name = "the EHR"
issuer = "https://id.example"
client_id = "countersign"
"""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("prot = 8123", "COUNTERSIGN_PROT: is no setting"),
        (f'{A_TABLE}roles = {{it = "ict"}}', "SIGN_IN 1.roles.it: takes a list, such as"),
        (f'{A_TABLE}roles = {{doctor = ["x"]}}', "SIGN_IN 1.roles.doctor: must be 'clinician'"),
        (f'{A_TABLE}client_secret = 12\ndefault_role = "it"', "1.client_secret: takes words in"),
        ('[[sign_in]]\nkey = "ehr"', "SIGN_IN 1.name: is needed"),
    ],
)
def test_a_wrong_value_is_said_in_words_of_the_file(monkeypatch, tmp_path, written, said):
    path = tmp_path / "countersign.toml"
    path.write_text(written)
    monkeypatch.setenv("COUNTERSIGN_CONFIG", str(path))
    with pytest.raises(WrongSetting) as wrong:
        load_settings()
    assert said in wrong.value.sentence


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[[covering]]\nof = ['ward 3']", "COUNTERSIGN_COVERING 1.of.1: takes references, such as"),
        ("[[covering]]\npeople = ['Practitioner/1']", "COUNTERSIGN_COVERING 1.of: is needed"),
        (
            "[[covering]]\nof = ['Location/1']\nroles = ['qa']",
            "COUNTERSIGN_COVERING 1.roles.1: must",
        ),
        ("[[covering]]\nof = ['Location/1']\npeople = []", "COUNTERSIGN_COVERING 1.people: "),
        ("[[covering]]\nof = ['Location/1']\nroles = []", "COUNTERSIGN_COVERING 1.roles: "),
        ("relation = 'strict'", "COUNTERSIGN_RELATION: must be 'off', 'told' or 'asked'"),
    ],
)
def test_who_covers_is_said_in_references(monkeypatch, tmp_path, written, said):
    config = tmp_path / "c.toml"
    config.write_text(written)
    monkeypatch.setenv("COUNTERSIGN_CONFIG", str(config))
    with pytest.raises(WrongSetting) as wrong:
        load_settings()
    assert said in wrong.value.sentence


def test_without_people_it_is_everybody_of_the_roles_and_with_them_nobody_else():
    everybody = CoverSettings(of=("Location/1",), roles=("attending",))
    assert everybody.counts_for("attending", None)
    assert not everybody.counts_for("clinician", None)
    one = CoverSettings(of=("Location/1",), people=("Practitioner/1",))
    assert one.counts_for("clinician", "Practitioner/1")
    assert not one.counts_for("clinician", "Practitioner/2")
    assert not one.counts_for("clinician", None)


def test_a_config_that_is_no_file_is_named(monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_CONFIG", "/nowhere/c.toml")
    with pytest.raises(WrongSetting, match=r"/nowhere/c\.toml"):
        load_settings()


def test_a_config_that_is_no_toml_is_one_sentence(monkeypatch, tmp_path):
    path = tmp_path / "countersign.toml"
    path.write_text("port: 8123\n")
    monkeypatch.setenv("COUNTERSIGN_CONFIG", str(path))
    with pytest.raises(WrongSetting, match="is not TOML"):
        load_settings()


def test_secrets_are_hidden_when_printed():
    settings = Settings(api_token=SecretStr("hush, not a word"))
    assert "hush" not in str(settings.printable())


def test_a_child_process_gets_the_same_settings(monkeypatch, tmp_path):
    given = Settings(
        data_dir=tmp_path,
        api_token=SecretStr("hush, not a word"),
        cosign_types=("discharge",),
        demo=True,
    )
    for name, value in environment(given).items():
        monkeypatch.setenv(name, value)
    assert load_settings() == given


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "ehr.example"])
def test_demo_mode_refuses_any_address_but_loopback(host):
    with pytest.raises(WrongSetting, match="this machine only"):
        check_loopback(host)


def test_a_token_that_can_be_guessed_is_refused_except_in_a_demo():
    with pytest.raises(WrongSetting, match="API_TOKEN: it can be guessed"):
        load_settings(api_token="secret")
    assert load_settings(api_token="secret", demo=True).api_token


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080/fhir", "http://localhost/fhir", None])
def test_demo_mode_reads_an_ehr_of_this_machine(address):
    check_own_ehr(Settings(demo=True, fhir_url=address))


def test_demo_mode_refuses_an_ehr_elsewhere():
    elsewhere = "https://ehr.example/fhir"
    with pytest.raises(WrongSetting, match="--i-know"):
        check_own_ehr(Settings(demo=True, fhir_url=elsewhere))
    check_own_ehr(Settings(fhir_url=elsewhere))
