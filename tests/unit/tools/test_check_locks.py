"""Lock files: what is refused."""

import json

import pytest

from tools.check_locks import npm_faults, python_faults

GOOD = r"""
flask==3.1.0 \
    --hash=sha256:aa \
    --hash=sha256:bb
colorama==1 ; sys_platform == 'win32' \
    --hash=sha256:cc
"""


def test_a_pinned_and_hashed_file_passes():
    assert python_faults("app.txt", GOOD) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "-i https://example.org/simple",
        "--extra-index-url=https://example.org/simple",
        "--find-links /somewhere",
        "flask @ https://example.org/flask.whl --hash=sha256:aa",
        "flask==3.1.0",
        "flask>=3 --hash=sha256:aa",
    ],
)
def test_a_line_that_names_an_address_or_leaves_a_choice_is_refused(line):
    assert len(python_faults("app.txt", f"{GOOD}{line}\n")) == 1


def npm(**package):
    return json.dumps({"packages": {"": {"name": "root"}, "node_modules/x": package}})


def test_npm():
    assert npm_faults("lock", npm(version="1.0.0", integrity="sha512-x")) == []
    assert len(npm_faults("lock", npm(version="1.0.0", integrity="sha512-x", resolved="https://example.org/x"))) == 1
    assert len(npm_faults("lock", npm(version="1.0.0"))) == 1
