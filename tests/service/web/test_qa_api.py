"""/qa over REST: a drawn sample is rated beside its sources, counted, exported and closed."""

import pytest

from service.qa.rubric import QUESTIONS
from tests.service.review.builders import PHQ, S, a_summary_at

API = "/api/v1/qa"
WISH = {"seed": "autumn", "size": 5, "statuses": "signed"}
ANSWERS = {question.key: next(iter(question.good)) for question in QUESTIONS}


@pytest.fixture
def qa(sign_in):
    return sign_in("qa")


@pytest.fixture
def sample(qa, committed):
    committed(a_summary_at, S.SIGNED)
    answer = qa.post(f"{API}/samples", json=WISH)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_sample_is_drawn_and_found_again(qa, sample):
    assert qa.get(f"{API}/samples").json()["rows"] == [sample]
    whole = qa.get(f"{API}/samples/{sample['id']}").json()
    assert (whole["frame_size"], len(whole["rows"])) == (1, 1)
    assert PHQ not in str(whole)


def test_an_item_is_rated_beside_its_sources_and_counted(qa, sample):
    (row,) = qa.get(f"{API}/samples/{sample['id']}").json()["rows"]
    item = qa.get(f"{API}/items/{row['id']}").json()
    assert item["statements"][1]["text"] == PHQ
    assert item["sources"][1]["text"] == PHQ
    marks = [{"kind": "misleading", "statement_index": 1, "note": "old"}]
    answer = qa.put(f"{API}/items/{row['id']}/rating", json={"answers": ANSWERS, "marks": marks})
    assert answer.status_code == 200, answer.text
    found = qa.get(f"{API}/samples/{sample['id']}/results").json()
    assert found["overall"]["items"] == 1
    assert found["overall"]["any_error"]["count"] == 1
    csv = qa.get(f"{API}/samples/{sample['id']}/export")
    assert csv.headers["content-type"].startswith("text/csv")
    assert "old" not in csv.text
    rows = qa.get(f"{API}/samples/{sample['id']}/export", params={"format": "marks"})
    assert "misleading,1" in rows.text
    assert qa.get(f"{API}/handling").json()["signed"] == 1
    json = qa.get(f"{API}/samples/{sample['id']}/export", params={"format": "json"})
    assert len(json.json()["ratings"]) == 1


def test_a_form_that_is_not_whole_is_refused(qa, sample):
    (row,) = qa.get(f"{API}/samples/{sample['id']}").json()["rows"]
    answer = qa.put(f"{API}/items/{row['id']}/rating", json={"answers": {}})
    assert answer.status_code == 400
    assert "Answer every question" in answer.json()["detail"]


def test_a_closed_sample_takes_no_more(qa, sample):
    assert qa.post(f"{API}/samples/{sample['id']}/close").json()["closed_at"]
    assert qa.post(f"{API}/samples/{sample['id']}/close").status_code == 409


@pytest.mark.parametrize("persona", ["clinician", "it"])
def test_only_qa_draws(sign_in, persona):
    assert sign_in(persona).post(f"{API}/samples", json=WISH).status_code == 403


def test_an_empty_frame_says_what_to_do(qa):
    answer = qa.post(f"{API}/samples", json=WISH)
    assert answer.status_code == 400
    assert "longer period" in answer.json()["detail"]
