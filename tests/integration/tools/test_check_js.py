"""The type check of the browser code looks at every script, each as what it is."""

import shutil
import subprocess
import sys

import pytest

from tests.support.processes import PROJECT


@pytest.fixture
def project(tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "pwa").mkdir()
    shutil.copy(PROJECT / "tools" / "check_js.py", tmp_path / "tools")
    for path in (PROJECT / "pwa").glob("tsconfig*.json"):
        shutil.copy(path, tmp_path / "pwa")
    (tmp_path / "node_modules").symlink_to(PROJECT / "node_modules")
    return tmp_path


def check(project):
    return subprocess.run(
        [sys.executable, "tools/check_js.py"], cwd=project, capture_output=True, text=True, check=False
    )


def test_no_script_yet(project):
    assert check(project).returncode == 0


def test_pages_know_the_document_and_workers_know_clients(project):
    (project / "pwa/page.js").write_text("document.title = 'x';\nexport {};\n")
    (project / "pwa/service-worker.js").write_text(
        "const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));\n"
        "worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));\n"
    )

    done = check(project)
    assert done.returncode == 0, done.stdout
    assert "tsconfig.json: 1 files" in done.stdout
    assert "tsconfig.worker.json: 1 files" in done.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.js", "/** @type {number} */\nexport const n = 'x';\n"),
        ("page.js", "export const f = (x) => x;\n"),
        ("page.js", "import './missing.js';\n"),
        ("service-worker.js", "document.title = 'x';\n"),
    ],
)
def test_a_mistake_is_found(project, name, text):
    (project / "pwa" / name).write_text(text)

    assert check(project).returncode == 1
