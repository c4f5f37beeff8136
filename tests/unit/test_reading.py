"""A table is read row by row, and a file that is something else is refused with the reason."""

from __future__ import annotations

import gzip
import io

import pytest

from server.importers import reading
from server.importers.reading import Table, open_source
from server.importers.report import FileRefused
from tests.support.reference import EXPORT, write


def rows_of(content: bytes) -> list[tuple[int, dict[str, str], str]]:
    table = Table(io.BufferedReader(io.BytesIO(content)), "file.csv")
    return [(row.line, row.values, row.fault) for row in table]


@pytest.mark.parametrize("content", [b"a;b\r\n1;2\r\n", b"a,b\n1,2\n", b"\xef\xbb\xbfa;b\n1;2", b'"a";"b"\n"1";"2"\n'])
def test_both_separators_with_or_without_a_byte_order_mark(content):
    assert rows_of(content) == [(2, {"a": "1", "b": "2"}, "")]


def test_lines_are_counted_through_fields_of_several_lines():
    content = b'a;b\n1;"x\ny\nz"\n2;3\n4\n5;6\n'
    found = rows_of(content)
    assert [line for line, _, _ in found] == [2, 5, 6, 7]
    assert found[0][1]["b"] == "x\ny\nz"
    assert found[2][2] == "1 fields instead of 2"


def test_a_row_that_is_too_long_is_named():
    assert rows_of(b"a;b\n1;2;3\n4;5\n")[0][2] == "3 fields instead of 2"


def test_empty_lines_are_skipped_and_still_counted():
    assert [line for line, _, _ in rows_of(b"a;b\n\n1;2\n")] == [3]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"<!DOCTYPE html>\n<html>", "web page"),
        (b"  <?xml version='1.0'?>", "web page or XML"),
        (b'{"error": "gone"}', "is JSON"),
        (b"PK\x03\x04\x00\x00;a\n", "binary"),
        (b"a;b\n1;2\n3;", None),
        (b"a;b\n1;2\n3", "cut off: its last row, at line 3"),
        (b'a;b\n1;"two\nthree', "never closes"),
        (b'a;b\n1;"t"wo"\n', "is not CSV"),
        ("a;b\n1;Rue de la Libert\u00e9\n".encode("latin-1"), "looks like Latin-1"),
        ("\u00e9;b\n1;2\n".encode("latin-1"), "looks like Latin-1"),
    ],
)
def test_what_is_no_table_is_refused(content, reason):
    if reason is None:
        assert rows_of(content)[-1] == (3, {"a": "3", "b": ""}, "")
        return
    with pytest.raises(FileRefused, match=reason):
        rows_of(content)


def test_a_gzipped_file_is_unpacked(tmp_path):
    packed = write(tmp_path, gzip.compress(EXPORT.read_bytes()), "units.csv.gz")
    told = []
    with open_source(packed, lambda done, size: told.append((done, size))) as stream:
        assert stream.read() == EXPORT.read_bytes()
    assert told[-1][0] == told[-1][1], "progress is that of the packed file"


def test_a_gzip_archive_that_is_cut_off_is_refused(tmp_path):
    packed = gzip.compress(EXPORT.read_bytes())
    path = write(tmp_path, packed[: len(packed) // 2], "units.csv.gz")
    with pytest.raises(FileRefused, match="cut off"), open_source(path) as stream:
        list(Table(stream, "units.csv.gz"))


def test_a_small_archive_that_unpacks_to_far_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 100_000)
    bomb = write(tmp_path, gzip.compress(b"a;b\n" + b"1;2\n" * 100_000), "bomb.gz")
    with pytest.raises(FileRefused, match="larger than"), open_source(bomb) as stream:
        list(Table(stream, "bomb.gz"))


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="is not a file"), open_source(str(tmp_path / "absent.csv")):
        pass


def test_required_columns_are_named():
    table = Table(io.BufferedReader(io.BytesIO(b"a;b\n1;2\n")), "file.csv")
    with pytest.raises(FileRefused, match="not a file of units: it lacks service"):
        table.require(["a", "service"], "units")
