"""A prompt folder is checked when it is loaded, and an institution's folder lies over ours."""

import pytest

from service.drafting.prompts import PACKAGED, load_prompts
from service.errors import WrongSetting
from service.summary.vocabulary import SummaryType

PRE_VISIT = SummaryType.PRE_VISIT


def an_overlay(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def test_an_institutions_file_takes_the_place_of_ours_and_changes_the_hash(tmp_path):
    folder = an_overlay(tmp_path, "pre-visit/system.md", "Our own words.")
    ours, theirs = load_prompts(None)[PRE_VISIT], load_prompts(folder)[PRE_VISIT]
    assert theirs.system == "Our own words."
    assert theirs.hash != ours.hash
    assert theirs.meta == ours.meta
    assert theirs.own_files == ("pre-visit/system.md",) and ours.own_files == ()


def test_the_hash_of_another_type_does_not_change(tmp_path):
    folder = an_overlay(tmp_path, "pre-visit/system.md", "Our own words.")
    assert load_prompts(folder)[SummaryType.HANDOFF].hash == (
        load_prompts(None)[SummaryType.HANDOFF].hash
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (('window = "all"', 'window = "forever"'), "window"),
        (('code = "34133-9"', 'code = "34133"'), "type.code"),
        (('version = "6"', 'verison = "6"'), "version"),
        (('key = "risk"', 'key = "goals"'), "listed twice"),
    ],
)
def test_a_wrong_value_is_refused_by_file_and_key(tmp_path, change, named):
    text = (PACKAGED / "pre-visit/meta.toml").read_text().replace(*change, 1)
    folder = an_overlay(tmp_path, "pre-visit/meta.toml", text)
    with pytest.raises(WrongSetting, match=r"pre-visit.meta\.toml") as refused:
        load_prompts(folder)
    assert named in str(refused.value)


def test_toml_that_cannot_be_read_is_refused_by_its_name(tmp_path):
    folder = an_overlay(tmp_path, "shared/must-carry.toml", "rules = [")
    with pytest.raises(WrongSetting, match=r"must-carry\.toml is not valid TOML"):
        load_prompts(folder)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pre-visit/meta.toml", 'sections = ["problems"]', "[[sections]]"),
        ("pre-visit/meta.toml", "sections = 3", "[[sections]]"),
        ("shared/must-carry.toml", "rules = 3", "[[rules]]"),
        ("shared/sections.toml", 'goals = "all"', "goals is no section"),
    ],
)
def test_a_value_in_the_place_of_a_table_is_refused_by_its_name(tmp_path, name, text, said):
    folder = an_overlay(tmp_path, name, text)
    with pytest.raises(WrongSetting, match=name.replace("/", ".")) as refused:
        load_prompts(folder)
    assert said in str(refused.value)


def test_a_file_in_another_encoding_is_refused_and_a_byte_order_mark_is_not(tmp_path):
    folder = an_overlay(tmp_path, "pre-visit/system.md", "x")
    path = folder / "pre-visit/system.md"
    path.write_bytes("Naïve words.".encode("utf-8-sig"))
    assert load_prompts(folder)[PRE_VISIT].system == "Naïve words."
    path.write_bytes("Naïve words.".encode("cp1252"))
    with pytest.raises(WrongSetting, match=r"system\.md is not UTF-8\. Save it as UTF-8\."):
        load_prompts(folder)


def test_a_folder_that_is_not_there_is_a_wrong_setting(tmp_path):
    with pytest.raises(WrongSetting, match="COUNTERSIGN_PROMPTS_DIR"):
        load_prompts(tmp_path / "nowhere")


def test_a_file_that_nothing_reads_is_refused_by_its_name(tmp_path):
    folder = an_overlay(tmp_path, "pre-visit/sytem.md", "Our own words.")
    with pytest.raises(WrongSetting, match=r"sytem\.md is read by no summary type"):
        load_prompts(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{instruction} {fence} {evidence} {patient_name}", "{patient_name} is no placeholder"),
        ("{instruction} {fence}", "{evidence} is missing"),
        ("{instruction} {fence} {evidence} {", "a brace is open"),
        ("{instruction} {fence} {evidence:>10d}", "{evidence} stands with a form"),
        ("{instruction} {fence} {evidence!z}", "{evidence} stands with a form"),
        ("{instruction} {fence} {evidence:{title}}", "{evidence} stands with a form"),
    ],
)
def test_a_question_with_wrong_placeholders_is_refused(tmp_path, text, said):
    folder = an_overlay(tmp_path, "shared/question.md", text)
    with pytest.raises(WrongSetting, match=r"question\.md") as refused:
        load_prompts(folder)
    assert said in str(refused.value)
