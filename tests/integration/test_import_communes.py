"""Importing communes: today's, the merged ones, and every name they are looked for by."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.tables import Commune, CommuneName
from server.importers.communes import import_communes
from server.importers.report import FileRefused
from tests.support.reference import COMMUNES

PACKAGE = Path("node_modules/@etalab/decoupage-administratif")


def spoil(tmp_path: Path, change) -> str:
    folder = tmp_path / "package"
    shutil.copytree(COMMUNES, folder)
    path = folder / "data/communes.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(change(entries)), encoding="utf-8")
    return str(folder)


def test_the_counts_add_up_and_a_second_time_changes_nothing(session):
    first = import_communes(session, str(COMMUNES))
    # 23 entries, of which two share the code of their commune, and six old codes without a name.
    assert (first.read, first.created, first.rejected) == (23, 27, [])
    second = import_communes(session, str(COMMUNES))
    assert (second.created, second.changed, second.unchanged) == (0, 0, 27)
    assert second.missing == []


def test_history_leads_to_todays_commune(session):
    import_communes(session, str(COMMUNES))
    kinds = {one.insee: (one.kind, one.merged_into) for one in session.scalars(select(Commune))}
    assert kinds["01015"] == ("commune", None), "a delegated commune with the same code does not take its place"
    assert kinds["01340"] == ("delegated_commune", "01015")
    assert kinds["75115"] == ("municipal_arrondissement", "75056")
    assert kinds["93059"] == ("former_code", "93066")
    for insee, (_, merged_into) in kinds.items():
        assert merged_into is None or kinds[merged_into][1] is None, f"{insee} needs more than one step"


def test_each_name_leads_to_its_commune(session):
    import_communes(session, str(COMMUNES))
    names = {(one.insee, one.name): one for one in session.scalars(select(CommuneName))}
    assert not names["01015", "Arbignieu"].is_current
    assert names["01015", "Arboys en Bugey"].is_current
    assert ("75056", "Paris 15e Arrondissement") in names
    assert names["51410", "Œuilly"].search_name == "oeuilly"
    assert names["01001", "L'Abergement-Clémenciat"].short_name == "abergement clemenciat"
    assert "'labergement'" in names["01001", "L'Abergement-Clémenciat"].words
    assert not any(insee == "93059" for insee, _ in names)


def test_a_commune_that_merges_later(session, tmp_path):
    import_communes(session, str(COMMUNES))

    def merge(entries):
        kept = [entry for entry in entries if entry["code"] != "76255"]
        next(entry for entry in kept if entry["code"] == "76711").update(anciensCodes=["76255"], nom="Le Tréport-Eu")
        return kept

    report = import_communes(session, spoil(tmp_path, merge))
    assert (report.created, report.changed, report.unchanged) == (0, 2, 25)
    session.expire_all()
    assert session.get_one(Commune, "76255").merged_into == "76711"
    names = set(session.scalars(select(CommuneName.name)))
    assert "Le Tréport-Eu" in names
    assert not names & {"Eu", "Le Tréport"}, "names that nobody bears any more go"


def test_a_code_that_the_edition_lost_is_reported_and_kept(session, tmp_path):
    import_communes(session, str(COMMUNES))
    report = import_communes(session, spoil(tmp_path, lambda entries: entries[1:]))
    assert report.missing == ["01001"]
    assert session.get(Commune, "01001") is not None


def test_bad_entries_are_rejected_with_their_place(session, tmp_path):
    def add(entries):
        last = {"code": "99001", "nom": "Nulle-Part", "type": "commune-actuelle", "departement": "01"}
        return [
            *entries,
            {**last, "code": "1"},
            {**last, "nom": " "},
            {**last, "type": "hameau"},
            {**last, "departement": "00"},
            {**last, "type": "commune-deleguee", "chefLieu": "99009"},
        ]

    report = import_communes(session, spoil(tmp_path, add))
    assert [(finding.line, finding.cause) for finding in report.rejected] == [
        (24, "not an INSEE code: '1'"),
        (25, "99001 has no name"),
        (26, "99001 is of an unknown type: 'hameau'"),
        (27, "99001 is in an unknown département: '00'"),
        (28, "99001 (Nulle-Part) belongs to 99009, which is no commune of today"),
    ]


def test_a_dry_run_reports_and_changes_nothing(session):
    assert import_communes(session, str(COMMUNES), dry_run=True).created == 27
    assert session.scalar(select(func.count()).select_from(Commune)) == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "Run npm ci"), ("{}", "not a list"), ("[]", "not a list"), ("[{", "not JSON"), ("[1, 2]", "not a list")],
)
def test_what_is_not_the_package_is_refused(session, tmp_path, content, reason):
    folder = tmp_path / "package"
    shutil.copytree(COMMUNES, folder)
    path = folder / "data/communes.json"
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(FileRefused, match=reason):
        import_communes(session, str(folder))


@pytest.mark.skipif(not PACKAGE.is_dir(), reason="npm ci has not run here")
def test_the_real_package_twice(session):
    first = import_communes(session, str(PACKAGE))
    assert first.rejected == []
    today = session.scalar(select(func.count()).where(Commune.merged_into.is_(None)).select_from(Commune))
    assert today == 34_969
    second = import_communes(session, str(PACKAGE))
    assert (second.created, second.changed, second.missing) == (0, 0, [])
