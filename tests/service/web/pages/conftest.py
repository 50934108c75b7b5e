"""Pages are asked for as a browser does, and read with an HTML parser."""

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from service.summary.people import DEMO_PEOPLE


class Browser:
    """A browser without scripts: it follows redirects and fills in the forms that a page has."""

    def __init__(self, app):
        headers = {"Accept": "text/html,application/xhtml+xml"}
        self.client = TestClient(app, base_url="http://127.0.0.1", headers=headers)
        self.answer = None

    @property
    def page(self):
        return BeautifulSoup(self.answer.text, "lxml")

    @property
    def text(self):
        return " ".join(self.page.get_text(" ").split())

    def get(self, path, status=200):
        self.answer = self.client.get(path)
        assert self.answer.status_code == status, self.answer.text
        return self

    def send(self, path, /, *, button=(), status=200, path_sent=None, **fields):
        """Send the form of this action with what it holds, changed by `fields`; to `path_sent`
        where a button of it leads elsewhere."""
        form = self.page.select_one(f'form[method=post][action="{path}"]')
        assert form is not None, f"no form for {path}"
        held = {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}
        self.answer = self.client.post(
            (path_sent or path).partition("#")[0],
            data={**held, **dict([button] if button else []), **fields},
        )
        assert self.answer.status_code == status, self.answer.text
        return self

    def sign_in(self, who):
        self.get("/sign-in")
        return self.send("/sign-in", persona=who)


@pytest.fixture
def browser(app):
    opened = Browser(app)
    yield opened
    opened.client.close()


@pytest.fixture
def as_person(app):
    """A browser at which this demo person is signed in."""
    opened = []

    def signed_in(who):
        assert who in DEMO_PEOPLE
        opened.append(Browser(app).sign_in(who))
        return opened[-1]

    yield signed_in
    for each in opened:
        each.client.close()
