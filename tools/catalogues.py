"""The sentences of the pages, and what is written for them in the catalogues.

`python -m tools.catalogues` brings every server/pages/**/messages.po up to date with the sources: new sentences come in
empty, sentences that are gone go. A changed sentence is a new one: a guess of a translation would only look finished.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parents[1]
PAGES = PROJECT / "server" / "pages"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
# No dates and no names, so that two people who update the catalogue write the same file.
HEADER = b"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
OPTIONS = {"**.html": {"encoding": "utf-8", "silent": "false"}}


def extract() -> Catalog:
    """Every sentence of server/pages/, with the places where it is used."""
    found = Catalog(charset="utf-8")
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
    for name, line, message, comments, context in extract_from_dir(
        PAGES, METHODS, OPTIONS, keywords=keywords, comment_tags=("NOTE:",), strip_comment_tags=True
    ):
        del line  # Line numbers would change the catalogue with every edit of a template.
        found.add(message, None, [(f"server/pages/{name}", None)], auto_comments=comments, context=context)
    return found


def catalogues() -> list[Path]:
    return sorted(PAGES.rglob("messages.po"))


def update(path: Path) -> bytes:
    """The catalogue at `path` with exactly the sentences of today, in a form that does not depend on the day."""
    with path.open("rb") as file:
        present = read_po(file, locale=path.parents[1].name, charset="utf-8")
    present.update(extract(), no_fuzzy_matching=True)
    present.obsolete.clear()
    written = BytesIO()
    write_po(written, present, width=120, sort_output=True, omit_header=True, include_lineno=False)
    return HEADER + written.getvalue()


def main() -> None:
    for path in catalogues():
        path.write_bytes(update(path))
        with path.open("rb") as file:
            missing = [message.id for message in read_po(file) if message.id and not message.string]
        print(f"{path.relative_to(PROJECT)}: {len(missing)} sentences without translation")
        for sentence in missing:
            print(f"  {sentence}")


if __name__ == "__main__":
    main()
