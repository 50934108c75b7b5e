"""Who comes in, where each begins, and what a stranger is told."""

import pytest
from bs4 import BeautifulSoup

from service.web.app import create_app
from tests.service.web.conftest import WebRuntime
from tests.service.web.pages.conftest import Browser


@pytest.mark.parametrize(
    ("who", "heading"),
    [("clinician", "Worklist"), ("attending", "Worklist"), ("qa", "Quality"), ("it", "Operations")],
)
def test_each_role_begins_where_its_work_is(as_person, who, heading):
    assert as_person(who).page.h1.get_text() == heading


def test_a_stranger_is_asked_to_sign_in_and_comes_back_to_the_page(browser):
    browser.get("/worklist")
    assert browser.page.h1.get_text() == "Who are you today?"
    browser.send("/sign-in", persona="clinician")
    assert browser.answer.url.path == "/worklist"


def test_a_sign_in_from_another_page_is_refused(browser):
    answer = browser.client.post("/sign-in", data={"persona": "clinician", "csrf_token": "guessed"})
    assert answer.status_code == 403
    answer = browser.client.post("/sign-in", data={"persona": "clinician", "csrf_token": "\u00fc"})
    assert answer.status_code == 403


def test_signing_out_ends_the_session(as_person):
    browser = as_person("clinician")
    browser.send("/sign-out")
    assert browser.get("/worklist").page.h1.get_text() == "Who are you today?"


def test_signing_out_everywhere_ends_the_other_browser_too(as_person):
    ward, office = as_person("clinician"), as_person("clinician")
    office.get("/worklist").send("/sign-out", path_sent="/sign-out/everywhere")
    assert "every other browser" in office.text
    assert ward.get("/worklist").page.h1.get_text() == "Who are you today?"


def test_outside_the_demo_the_page_says_how_sign_in_is_set_up(web_settings, sessions):
    real = WebRuntime(web_settings.model_copy(update={"demo": False}), sessions)
    browser = Browser(create_app(real))
    browser.get("/sign-in")
    assert "Nobody can sign in yet" in browser.text
    for told in ("[[sign_in]]", "countersign doctor", "countersign token create"):
        assert told in browser.text
    assert browser.page.select("form") == []
    assert browser.client.post("/sign-in", data={"persona": "clinician"}).status_code == 404


@pytest.mark.parametrize("path", ["/nothing-here", "/summaries/unknown", "/patients/unknown"])
def test_what_is_not_there_is_a_page_with_a_way_back(as_person, path):
    browser = as_person("clinician").get(path, status=404)
    assert browser.page.select_one("a.button")["href"] == "/"


def test_what_a_role_may_not_see_is_a_page_in_words(as_person):
    browser = as_person("it").get("/quality", status=403)
    assert "The role it may not draw samples and rate summaries." in browser.text
    assert browser.page.select_one(".top nav a").get_text() == "Worklist"


def test_every_form_carries_its_token(as_person):
    for who, path in (("clinician", "/worklist"), ("qa", "/quality"), ("it", "/operations")):
        for form in as_person(who).get(path).page.select("form[method=post]"):
            assert form.select_one("input[name=csrf_token]")["value"]


def test_no_page_has_script_or_style_of_its_own(as_person):
    page = as_person("clinician").get("/worklist").answer.text
    parsed = BeautifulSoup(page, "lxml")
    assert [s for s in parsed.select("script") if not s.get("src")] == []
    assert parsed.select("style, [style], [onclick]") == []
