"""Somebody at a browser without scripts, who goes between our application and a provider."""

from typing import Any
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

HERE = "http://127.0.0.1"  # where the application answers; a provider has a port
MAX_STEPS = 20


class Visitor:
    """Follows redirects over both; signs in at the provider when it asks."""

    def __init__(self, app: Any) -> None:
        headers = {"Accept": "text/html"}
        self.ours = TestClient(app, base_url=HERE, headers=headers, follow_redirects=False)
        self.theirs = httpx.Client(headers=headers)
        self.asked_for_password = 0
        self.came_back_with = ""  # the callback's address, as the provider sent it

    def go(self, address: str, who: str) -> httpx.Response:
        """To an address, as `who` wherever a provider asks; where it ends on our side."""
        answer = self._get(urljoin(HERE, address))
        for _ in range(MAX_STEPS):
            if answer.is_redirect:
                answer = self._get(urljoin(str(answer.url), answer.headers["location"]))
            elif self._is_ours(str(answer.url)):
                return answer
            else:
                answer = self._fill_in(answer, who)
        raise AssertionError("they send this visitor round in circles")

    def leave_at_provider(self, address: str) -> None:
        """Go to the provider and no further."""
        answer = self._get(urljoin(HERE, address))
        assert answer.is_redirect
        self._get(answer.headers["location"])

    def _get(self, address: str) -> httpx.Response:
        if self._is_ours(address):
            if "/sign-in/callback" in address:
                self.came_back_with = address
            return self.ours.get(address)
        return self.theirs.get(address)

    def _fill_in(self, answer: httpx.Response, who: str) -> httpx.Response:
        form = BeautifulSoup(answer.text, "lxml").select_one("form")
        assert form is not None, answer.text
        fields = {i["name"]: i.get("value", "") for i in form.select("input[name]")}
        if "login" in fields:
            self.asked_for_password += 1
            fields |= {"login": who, "password": "anything"}
        return self.theirs.post(urljoin(str(answer.url), str(form["action"])), data=fields)

    @staticmethod
    def _is_ours(address: str) -> bool:
        return httpx.URL(address).netloc == httpx.URL(HERE).netloc

    def close(self) -> None:
        self.ours.close()
        self.theirs.close()
