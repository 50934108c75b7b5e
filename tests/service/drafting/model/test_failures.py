"""Whichever client tells it: what may pass, what a person must correct, what was not understood."""

import httpx
import openai
import pytest

from service.drafting.model.failures import EndpointFailed, QuestionRefused, failure

REQUEST = httpx.Request("POST", "http://model.test/v1/chat/completions")


def refused_by(status, **headers):
    response = httpx.Response(status, request=REQUEST, headers=headers)
    return openai.APIStatusError("secret words", response=response, body=None)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
def test_a_busy_endpoint_may_answer_later(status):
    told = failure(refused_by(status))
    assert isinstance(told, EndpointFailed) and told.may_pass and str(status) in told.said


@pytest.mark.parametrize(
    ("status", "setting"),
    [(401, "MODEL_API_KEY"), (403, "MODEL_API_KEY"), (404, "MODEL_BASE_URL"), (407, "proxy")],
)
def test_a_wrong_key_or_address_is_for_a_person_and_names_the_setting(status, setting):
    told = failure(refused_by(status))
    assert isinstance(told, EndpointFailed) and not told.may_pass and setting in told.said


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_question_that_is_not_understood_is_no_failure_of_the_endpoint(status):
    assert isinstance(failure(refused_by(status)), QuestionRefused)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (openai.APITimeoutError(REQUEST), "did not answer in time"),
        (openai.APIConnectionError(request=REQUEST), "cannot be reached"),
        (httpx.ReadTimeout("x"), "did not answer in time"),
        (ConnectionRefusedError(), "cannot be reached"),
        (httpx.RemoteProtocolError("secret words"), "broke off (RemoteProtocolError)"),
    ],
)
def test_what_came_without_a_status_may_pass(error, said):
    told = failure(error)
    assert isinstance(told, EndpointFailed) and told.may_pass and said in told.said


def test_the_words_of_a_client_are_never_repeated():
    for error in (refused_by(400), refused_by(500), httpx.RemoteProtocolError("secret words")):
        assert "secret" not in str(failure(error))


def test_botocore_tells_it_in_a_dictionary():
    error = RuntimeError()
    error.response = {
        "ResponseMetadata": {"HTTPStatusCode": 429, "HTTPHeaders": {"retry-after": "3"}}
    }
    assert failure(error).retry_after_s == 3.0


def test_a_wish_to_be_asked_later_is_read_in_seconds_or_as_a_date():
    assert failure(refused_by(429, **{"retry-after": "7.5"})).retry_after_s == 7.5
    assert failure(refused_by(429, **{"retry-after": "soon"})).retry_after_s is None
