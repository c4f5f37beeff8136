"""The build, on a small browser project of our own: what it makes, names, cuts away and packs."""

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.processes import PROJECT

SOURCES = {
    "pwa/terminal.js": "import { html, render } from 'lit-html';\n"
    "render(html`<p>terminal</p>`, document.body);\n"
    "export const live = async () => (await import('socket.io-client')).io();\n",
    "pwa/citizen/follow.js": "// @entry\nimport { shared } from './shared.js';\nshared('used-by-script');\n",
    "pwa/citizen/shared.js": "export const shared = (name) => document.body.classList.add(name);\n",
    "pwa/styles/terminal.css": ":root { --space: 8px } body { margin: var(--space) }\n",
    "pwa/styles/citizen.css": "@import '@gouvfr/dsfr/dist/dsfr.main.css';\n"
    "@import '@gouvfr/dsfr/dist/utility/icons/icons-device/icons-device.main.css';\n"
    ".used-by-script { color: red } .used-by-nobody { color: blue } .listed-7 { color: green }\n",
    "pwa/styles/purge-safelist.json": '["/^listed-/"]',
    "pwa/manifest.webmanifest": '{"name": "Brigade", "icons": [{"src": "icons/icon.svg", "sizes": "any"}]}',
    "pwa/icons/icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "pwa/service-worker.js": "importScripts('precache.js'); // as it is\n",
    "server/pages/templates/home.html": '<a class="fr-btn fr-icon-phone-fill" href="/">{{ _("Appeler") }}</a>',
}


@pytest.fixture
def project(tmp_path):
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copytree(PROJECT / "tools", tmp_path / "tools")
    (tmp_path / "node_modules").symlink_to(PROJECT / "node_modules")
    return tmp_path


def build(project: Path, **environment: str) -> dict[str, str]:
    done = subprocess.run(
        ["node", "tools/build.mjs"],
        cwd=project,
        env={**{k: v for k, v in os.environ.items() if k != "STATE_SITE"}, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads((project / "pwa" / "dist" / "assets.json").read_text())


def test_names_are_hashed_and_follow_the_content(project):
    before = build(project)
    (project / "pwa/citizen/shared.js").write_text("export const shared = (name) => console.log(name);\n")
    after = build(project)

    assert re.fullmatch(r"terminal-[A-Z0-9]{8}\.js", before["terminal.js"])
    assert after["citizen/follow.js"] != before["citizen/follow.js"]
    assert after["terminal.js"] == before["terminal.js"]
    assert "citizen/shared.js" not in after
    assert not (project / "pwa/dist" / before["citizen/follow.js"]).exists()
    for file in after.values():
        assert (project / "pwa/dist" / file).is_file()


def test_the_socket_library_is_loaded_later(project):
    assets = build(project)
    terminal = (project / "pwa/dist" / assets["terminal.js"]).read_text()

    assert "import(" in terminal
    assert "websocket" not in terminal


def test_what_the_terminal_shares_with_its_later_parts_comes_in_one_file_and_once(project):
    sources = {
        "counter.js": "let n = 0;\nexport const count = () => (n += 1);\n",
        "words.js": "export const word = () => 'ready';\n",
        "terminal.js": "import { count } from './counter.js';\nimport { word } from './words.js';\n"
        "export const first = count();\nexport const said = word();\n"
        "export const later = async () => [(await import('./later.js')).second, (await import('./last.js')).third];\n",
        "later.js": "import { count } from './counter.js';\nexport const second = count();\n",
        "last.js": "import { count } from './counter.js';\nimport { word } from './words.js';\n"
        "export const third = `${count()} ${word()}`;\n",
    }
    for name, text in sources.items():
        (project / "pwa" / name).write_text(text)
    assets = build(project)

    terminal = project / "pwa/dist" / assets["terminal.js"]
    assert not re.search(r'(from|import)"', terminal.read_text())
    script = (
        f"const {{ first, said, later }} = await import({json.dumps(str(terminal))});"
        "console.log(JSON.stringify([first, said, ...(await later())]));"
    )
    ran = subprocess.run(["node", "--input-type=module", "--eval", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [1, "ready", 2, "3 ready"]


def test_the_citizens_sheet_holds_what_pages_use(project):
    assets = build(project)
    css = (project / "pwa/dist" / assets["styles/citizen.css"]).read_text()

    for kept in (".fr-btn", ".used-by-script", ".listed-7", "[data-fr-theme=dark]"):
        assert kept in css
    for cut in (".fr-modal", ".used-by-nobody"):
        assert cut not in css
    assert len(css) < 60_000


def test_dark_needs_no_script(project):
    assets = build(project)
    css = (project / "pwa/dist" / assets["styles/citizen.css"]).read_text()

    twin = re.search(
        r"@media screen and \(prefers-color-scheme: ?dark\)\{:root:not\(\[data-fr-theme=light\]\)\{([^}]*)", css
    )
    assert twin
    assert "--grey-1000-50:" in twin[1]


def test_only_icons_that_are_used_are_copied(project):
    build(project)
    media = [path.name for path in (project / "pwa/dist/media").glob("*.svg")]

    assert any(name.startswith("phone-fill-") for name in media)
    assert len(media) < 10


@pytest.mark.parametrize(("state_site", "typeface"), [("", False), ("1", True)])
def test_the_states_typeface_is_for_the_state(project, state_site, typeface):
    assets = build(project, STATE_SITE=state_site)
    css = (project / "pwa/dist" / assets["styles/citizen.css"]).read_text()

    assert ("Marianne" in css) is typeface
    assert any((project / "pwa/dist/media").glob("Marianne*")) is typeface


def test_the_precache_lists_the_shell_and_its_version_follows_it(project):
    def precache() -> dict:
        text = (project / "pwa/dist/precache.js").read_text()
        return json.loads(text.removeprefix("self.PRECACHE = ").removesuffix(";\n"))

    assets = build(project)
    first = precache()
    assert f"/static/{assets['terminal.js']}" in first["files"]
    assert f"/static/{assets['styles/terminal.css']}" in first["files"]
    assert f"/static/{assets['icons/icon.svg']}" in first["files"]
    assert not [file for file in first["files"] if "citizen" in file or "service-worker" in file]

    build(project)
    assert precache() == first
    (project / "pwa/icons/icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>")
    build(project)
    assert precache()["version"] != first["version"]


def test_the_service_workers_scripts_are_joined_in_order_and_nothing_else(project):
    for name in ("notices", "scope", "outbox"):
        (project / f"pwa/worker/{name}.js").parent.mkdir(exist_ok=True)
        (project / f"pwa/worker/{name}.js").write_text(f"// A comment.\nself.{name} = 'part';\n")
    build(project)

    worker = (project / "pwa/dist/service-worker.js").read_text()
    assert "import(" not in worker
    assert "comment" not in worker
    places = [worker.index(part) for part in ("self.scope", "self.outbox", "self.notices", "importScripts")]
    assert places == sorted(places)


def test_the_manifest_names_the_icons_as_they_are_served(project):
    assets = build(project)
    manifest = json.loads((project / "pwa/dist/manifest.webmanifest").read_text())

    assert re.fullmatch(r"icons/icon-[0-9A-F]{8}\.svg", assets["icons/icon.svg"])
    assert manifest["icons"] == [{"src": f"/static/{assets['icons/icon.svg']}", "sizes": "any"}]


def test_texts_have_packed_twins(project):
    assets = build(project)
    css = project / "pwa/dist" / assets["styles/citizen.css"]

    assert gzip.decompress(Path(f"{css}.gz").read_bytes()) == css.read_bytes()
    assert Path(f"{css}.br").stat().st_size < Path(f"{css}.gz").stat().st_size


def test_a_broken_script_fails_and_leaves_the_last_build(project):
    before = build(project)
    (project / "pwa/terminal.js").write_text("import './missing.js';\n")
    done = subprocess.run(["node", "tools/build.mjs"], cwd=project, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "missing.js" in done.stderr
    assert json.loads((project / "pwa/dist/assets.json").read_text()) == before
    assert list((project / "var").iterdir()) == []


def test_a_project_without_sources_builds_nothing_and_says_so(tmp_path):
    shutil.copytree(PROJECT / "tools", tmp_path / "tools")
    (tmp_path / "node_modules").symlink_to(PROJECT / "node_modules")
    (tmp_path / "pwa").mkdir()

    assert build(tmp_path) == {}
