"""Whatever code is raised anywhere about plannings and agendas is in the list for which the screens have words."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from server.calendars.caldav.answers import Outcome
from server.planning import codes

ROOT = Path(__file__).parents[3]
FIXTURE = ROOT / "pwa/testing/calendar-codes.json"
RAISERS = {"PlanningRefused", "NotUnderstood", "FetchFailed", "EndpointRefused", "NoAnswer", "Verdict", "RefusedEntry"}
RAISERS |= {"RefusedRow", "refuse", "AgendaRefused", "BegunTrial"}
# What these give back is a code.
GIVERS = {"cause_of", "judge"}
# Whose values are codes.
TABLES = {
    "_CODES",
    "codes",
    "UNEXPECTED",
    "UNSEALABLE",
    "OVERTAKEN",
    "BAD_LAYOUT",
    "OVER",
    "UNVISITED",
    "_OUTCOMES",
    "code",
}
FILES = [
    *(ROOT / "server/planning").glob("*.py"),
    *(ROOT / "server/calendars/caldav").glob("*.py"),
    ROOT / "push/endpoint_guard.py",
    ROOT / "push/public_addresses.py",
    ROOT / "push/web_push_request.py",
    ROOT / "models/rules/exports.py",
    ROOT / "models/rules/plannings.py",
    *(ROOT / "server/jobs").glob("*planning*.py"),
    *(ROOT / "server/jobs").glob("*calendar*.py"),
    *(ROOT / "server/jobs").glob("*agenda*.py"),
    *(ROOT / "server/services").glob("*planning*.py"),
    *(ROOT / "server/services").glob("*calendar_trial.py"),
    *(ROOT / "server/services").glob("*reading*.py"),
]
ALL = codes.FAILURES | codes.CAUSES | codes.EXPORT_FAILURES


def raised_in(tree: ast.Module) -> set[str]:
    """The codes that a file names where it refuses something."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords):
                if name in RAISERS:
                    found |= {text for one in (*args, *(key.value for key in keywords)) for text in texts(one)}
                elif name == "Object":
                    found |= {text for key in keywords if key.arg == "cause" for text in texts(key.value)}
            case ast.FunctionDef(name=name) if name in GIVERS:
                found |= {text for one in ast.walk(node) if isinstance(one, ast.Return) for text in texts(one)}
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in TABLES:
                found |= set(texts(value))
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                if any(isinstance(one, ast.Name) and one.id in TABLES for one in targets):
                    found |= set(texts(value))
    return found


def texts(node: ast.AST) -> list[str]:
    """The codes among the texts in an expression; what is compared with is none."""
    compared = {id(part) for one in ast.walk(node) if isinstance(one, ast.Compare) for part in ast.walk(one)}
    constants = [one for one in ast.walk(node) if isinstance(one, ast.Constant) and id(one) not in compared]
    values = [one.value for one in constants if isinstance(one.value, str)]
    return [one for one in values if re.fullmatch(r"[a-z]+(_[a-z]+)*", one)]


def test_every_code_that_is_raised_has_words():
    raised = {code for path in FILES for code in raised_in(ast.parse(path.read_text(encoding="utf-8")))}
    assert raised - ALL == set()
    # The reading of the code finds them, and the list holds none that nobody raises.
    outcomes = {str(one) for one in Outcome}
    assert ALL - raised - outcomes - codes.NETWORK == set()


def test_the_network_s_codes_are_those_of_the_client():
    tree = ast.parse((ROOT / "push/web_push_request.py").read_text(encoding="utf-8"))
    assert raised_in(tree) - {"too_long"} == codes.NETWORK


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise PlanningRefused("a_b", 1)', {"a_b"}),
        ('raise FetchFailed("a" if b == "c" else "d")', {"a", "d"}),
        ('def cause_of(error):\n    return "a"', {"a"}),
        ('_CODES = {401: "a"}', {"a"}),
        ('log("a")', set()),
    ],
)
def test_how_codes_are_found(source, found):
    assert raised_in(ast.parse(source)) == found


def test_the_screens_have_the_same_list():
    """Written by `python -m tests.unit.planning.test_codes`."""
    assert json.loads(FIXTURE.read_text(encoding="utf-8")) == codes.for_screens()


if __name__ == "__main__":
    FIXTURE.write_text(json.dumps(codes.for_screens(), indent=2) + "\n", encoding="utf-8")
