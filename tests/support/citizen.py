"""A citizen without JavaScript: a real HTML form, filled in and sent the way a browser does."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.tables import Unit
from tests.support.seed import seed_commune, seed_jurisdiction, seed_unit

GOOD_ANSWERS = {
    "reason_code": "complaint",
    "channel": "phone",
    "call_window": "asap",
    "facts": "On a volé mon vélo devant la gare.\nIl était attaché.",
    "caller_name": "Camille Essai",
    "phone": "06 39 98 00 12",
}
OPEN_WEEK = {day: [[480, 720], [840, 1080]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")} | {
    "saturday": [[540, 720]],
    "sunday": [],
    "holiday": [],
}


def seed_places(session: Session) -> Unit:
    """Every answer to "who is competent": Belley has its brigade, Bourg the police, Lavours nobody we know of."""
    belley = seed_unit(session, name="Brigade de gendarmerie - Belley")
    belley.opening_hours = OPEN_WEEK
    seed_jurisdiction(session, seed_commune(session), belley)
    seed_unit(session, 1008600, "Brigade de gendarmerie - Ambérieu-en-Bugey").commune_insee = "01004"
    police = seed_unit(session, 2000001, "Commissariat de police de Bourg-en-Bresse")
    police.institution, police.kind, police.receives_contact_requests = "PN", "police_station", False
    police.commune_insee, police.postcode, police.commune_name = "01053", "01000", "Bourg-en-Bresse"
    seed_jurisdiction(session, seed_commune(session, "01053", "Bourg-en-Bresse", "01000"), police, "PN")
    seed_commune(session, "01208", "Lavours", "01350")
    seed_commune(session, "01138", "Culoz", "01350")
    return belley


@dataclass
class Form:
    """A form as a browser reads it: what it would send, and the words around it."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)
    radios: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.seen: list[str] = []
        self.title = ""
        self.lang = ""
        self.ids: list[str] = []
        self.links: list[dict[str, str]] = []
        self.buttons: list[str] = []
        self._area: str | None = None
        self._in: list[str] = []
        # How deep the outermost `hidden` element lies that is open now.
        self._hidden_at: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("id"):
            self.ids.append(given["id"])
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag == "a":
            self.links.append(given)
        if tag == "button" and given.get("name") == "go":
            self.buttons.append(given["value"])
        if tag == "form":
            self.forms.append(Form(action=given["action"]))
        if tag == "input" and self.forms and given.get("name"):
            self._input(self.forms[-1], given)
        if tag == "textarea":
            self._area = given["name"]
            self.forms[-1].values[self._area] = ""
        if "hidden" in given and self._hidden_at is None:
            self._hidden_at = len(self._in)
        self._in.append(tag)

    def _input(self, form: Form, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "radio":
            form.radios.setdefault(given["name"], []).append(given["value"])
        if kind not in ("radio", "checkbox") or "checked" in given:
            form.values[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # The first line end after <textarea> is not part of the text (HTML 13.2.6).
            self.forms[-1].values[self._area] = self.forms[-1].values[self._area].removeprefix("\n")
            self._area = None
        while self._in and self._in.pop() != tag:
            pass
        if self._hidden_at is not None and len(self._in) <= self._hidden_at:
            self._hidden_at = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].values[self._area] += data
        elif self._in and self._in[-1] == "title":
            self.title += data
        elif data.strip() and "style" not in self._in:
            self.texts.append(" ".join(data.split()))
            if self._hidden_at is None:
                self.seen.append(self.texts[-1])


class Citizen:
    """One person with a browser that knows no scripts; `page` is what they see now."""

    def __init__(self, app: Any, address: str = "203.0.113.7") -> None:
        self.http: FlaskClient = app.test_client()
        self.address = address
        self.open_redirects = True

    def get(self, path: str) -> Citizen:
        return self._read(self.http.get(path, environ_base={"REMOTE_ADDR": self.address}), path)

    def press(self, go: str = "continue", to: str | None = None, **answers: str) -> Citizen:
        """Fill in fields of the page's form and press the button `go`; `to` is a button's own address."""
        data = {**self.form.values, **answers, "go": go}
        response = self.http.post(
            to or self.form.action,
            data=data,
            headers={"Sec-Fetch-Site": "same-origin"},
            environ_base={"REMOTE_ADDR": self.address},
        )
        if response.status_code == 303:
            self.sent_from = data
            return self.get(response.headers["Location"])
        return self._read(response, to or self.form.action)

    def answer_all(self, **answers: str) -> Citizen:
        """From the first page to the summary, with good answers for Belley changed by `answers`."""
        given = {**GOOD_ANSWERS, **answers}
        self.get("/contact").press(commune=given.pop("commune", "Belley"))
        while self.form.values.get("step") != "summary":
            before = self.form.values.get("step")
            self.press(**given)
            assert self.form.values.get("step") != before, self.text
        return self

    def buttons(self, verb: str) -> list[str]:
        """What the buttons send whose value begins with `verb`."""
        return [value for value in self.read.buttons if value.startswith(verb)]

    @property
    def form(self) -> Form:
        return self.read.forms[0]

    @property
    def step(self) -> str:
        return self.form.values["step"]

    def _read(self, response: Any, path: str) -> Citizen:
        self.path = path
        self.response = response
        self.read = _Reader()
        self.read.feed(response.get_data(as_text=True))
        self.text = _with_plain_spaces(self.read.texts)
        # Without what is `hidden` until a script shows it.
        self.seen = _with_plain_spaces(self.read.seen)
        self.title = self.read.title
        return self


def _with_plain_spaces(texts: list[str]) -> str:
    return " ".join(texts).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ")
