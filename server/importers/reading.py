"""Read a table that claims to be CSV, one row at a time, and refuse it with a reason when it is something else."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from server.importers.download import download
from server.importers.report import FileRefused

# The largest known file is 4 MB; a hundred times that is a mistake or an attack.
MOST_BYTES = 400_000_000

Progress = Callable[[int, int], None]
"""Told the bytes read so far and the size of the file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` is that of its first character, since fields may hold line breaks.

    `fault` says what is wrong with the shape of the row; then `values` is empty.
    """

    line: int
    values: dict[str, str]
    fault: str = ""


class _Counting(io.RawIOBase):
    """Pass bytes on, tell how far we are, and stop a stream that never ends."""

    def __init__(self, stream: IO[bytes], tell: Callable[[int], None], name: str) -> None:
        super().__init__()
        self._stream, self._tell, self._name, self._count = stream, tell, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._count += len(chunk)
        if self._count > MOST_BYTES:
            raise FileRefused(f"{self._name} is larger than {MOST_BYTES // 1_000_000} MB.")
        self._tell(self._count)
        return len(chunk)


@contextmanager
def open_source(source: str, progress: Progress | None = None) -> Iterator[BinaryIO]:
    """Open a path or an https address as a stream of plain bytes; what is gzipped is unpacked on the way.

    Raises:
        FileRefused: there is no such file, or the address is not one that may be fetched.
    """
    if "://" in source:
        with download(source) as (stream, size):
            yield _unpacked(stream, size, source, progress)
        return
    path = Path(source)
    if not path.is_file():
        raise FileRefused(f"{source} is not a file.")
    with path.open("rb") as stream:
        yield _unpacked(stream, path.stat().st_size, path.name, progress)


def _unpacked(stream: IO[bytes], size: int, name: str, progress: Progress | None) -> BinaryIO:
    def tell(done: int) -> None:
        if progress is not None:
            progress(done, size)

    packed = io.BufferedReader(_Counting(stream, tell, name))
    if packed.peek(2)[:2] != b"\x1f\x8b":
        return packed
    plain = gzip.GzipFile(fileobj=packed)
    return io.BufferedReader(_Counting(cast(IO[bytes], plain), lambda _: None, name))


class Table:
    """The rows of a CSV stream, `;` or `,`, UTF-8 with or without a byte order mark.

    Args:
        stream: plain bytes, as `open_source` yields them.
        name: what to call the file in messages.

    Raises:
        FileRefused: empty, HTML or JSON, not UTF-8, or cut off. Some of it only shows while iterating.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.name = name
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        with self._refusing(0):
            first = self._text.readline()
        self._refuse_other_formats(first)
        self.delimiter = ";" if first.count(";") > first.count(",") else ","
        self.header = [column.strip() for column in next(csv.reader([first], delimiter=self.delimiter))]

    def require(self, columns: Sequence[str], what: str) -> None:
        """Raise `FileRefused` unless the header has `columns`."""
        missing = [column for column in columns if column not in self.header]
        if missing:
            raise FileRefused(
                f"{self.name} is not a file of {what}: it lacks {', '.join(missing)}. "
                f"Its columns are {', '.join(self.header[:8])}{'…' if len(self.header) > 8 else ''}."
            )

    def __iter__(self) -> Iterator[Row]:
        reader = csv.reader(self._text, delimiter=self.delimiter, strict=True)
        width = len(self.header)
        short: Row | None = None
        line = 2
        while True:
            with self._refusing(line):
                fields = next(reader, None)
            if fields is None:
                break
            if short is not None:
                yield short
                short = None
            row_line, line = line, reader.line_num + 2
            if not fields:
                continue
            if len(fields) == width:
                yield Row(row_line, dict(zip(self.header, fields, strict=True)))
                continue
            row = Row(row_line, {}, f"{len(fields)} fields instead of {width}")
            if len(fields) < width:
                # It is an ordinary bad row if another one follows, and a file that was cut off if none does.
                short = row
            else:
                yield row
        if short is not None:
            raise FileRefused(f"{self.name} is cut off: its last row, at line {short.line}, has {short.fault}.")

    def _refuse_other_formats(self, first: str) -> None:
        start = first.lstrip()[:100].casefold()
        if not start:
            # A header on the second line would be as wrong as none; an empty first line is no table.
            raise FileRefused(f"{self.name} is empty.")
        if start.startswith("<"):
            raise FileRefused(
                f"{self.name} is a web page or XML, not a table: the server probably answered with an error page."
            )
        if start.startswith(("{", "[")):
            raise FileRefused(f"{self.name} is JSON, not a table.")
        if "\0" in first:
            raise FileRefused(f"{self.name} is a binary file, not a table. Export it as CSV in UTF-8.")

    @contextmanager
    def _refusing(self, line: int) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise FileRefused(
                f"{self.name} is not UTF-8 (byte 0x{byte:02x} after line {line}); it looks like Latin-1. "
                "Convert it first: iconv -f ISO-8859-1 -t UTF-8."
            ) from None
        except csv.Error as error:
            raise FileRefused(
                f"{self.name} is broken or cut off: the row at line {line} {_csv_cause(error)}."
            ) from None
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise FileRefused(
                f"{self.name} is a gzip archive that is damaged or cut off (after line {line})."
            ) from None


def _csv_cause(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return "opens a quotation mark that never closes"
    return f"is not CSV ({error})"
