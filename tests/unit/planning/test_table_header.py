"""What is told of a table's first row: names of columns, and nothing that is about somebody."""

from __future__ import annotations

import pytest

from server.planning.table_header import read_header


@pytest.mark.parametrize(
    ("octets", "names"),
    [
        (b"NIGEND;Date;Position\n1;2;3\n", ["NIGEND", "Date", "Position"]),
        ("\ufeffN° d'agent,Début (h:min),Date de fin\n".encode(), ["N° d'agent", "Début (h:min)", "Date de fin"]),
        ("Début\tFin\tP.A.M./équipe\n".encode("cp1252"), ["Début", "Fin", "P.A.M./équipe"]),
        (b"\n;;\nA;;B\n", ["A", "B"]),
        (b"A;<b>;=B;C\n", ["A", "C"]),
        (f"{'A' * 81};{'B' * 80}\n".encode(), ["B" * 80]),
        (b"<html>", []),
        # A table without names begins with somebody's row.
        (b"123456;24/11/2026;PAM\n", []),
        (b"Martin;24 novembre;PAM\n", []),
        (b"martin@example.fr;lundi;PAM\n", []),
        ("Martin;lundi;٢٤\n".encode(), []),
        (b"A;" * 50 + b"24/11/2026\n", []),
    ],
)
def test_the_names_of_columns(octets, names):
    assert read_header(octets) == names
