"""Every sentence of the customer's page exists in every language that there is a catalogue of, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from api.desk.speaking import FOLDER, languages, preferred

HERE = FOLDER.parent
PLACES = (*(HERE / "templates" / "customer").rglob("*.html"), HERE / "wishes.py")
OTHERS = [language for language in languages() if language != "en"]
HOLES = re.compile(r"%\(\w+\)s")


def said(place: Path) -> Iterator[str]:
    """The sentences of a file, as the catalogue has them."""
    with place.open("rb") as written:
        if place.suffix == ".html":
            options = {"trimmed": "true", "silent": "false"}
            found = babel_extract(written, ("_", "gettext", "ngettext"), (), options)
            yield from (sentence for _, _, sentence, _ in found if isinstance(sentence, str))
        else:
            yield from (str(sentence) for _, sentence, _, _ in extract("python", written))


def sentences() -> set[str]:
    return {sentence for place in PLACES for sentence in said(place)}


def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as written:
        return read_po(written, locale=language)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_sentence_and_no_other(language: str):
    known = {str(message.id): message for message in catalogue(language) if message.id}
    assert sorted(sentences() - set(known)) == [], "missing: add them to the catalogue"
    assert sorted(set(known) - sentences()) == [], "no page says these any more: take them out"
    for sentence, message in known.items():
        assert message.string, f"{sentence!r} has no translation"
        assert not message.fuzzy, f"{sentence!r} is only guessed"
        assert sorted(HOLES.findall(sentence)) == sorted(HOLES.findall(str(message.string))), sentence


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("DE", "de"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr,de;q=0.5", "de"),
        ("*", "en"),
        ("../../etc", "en"),
    ],
)
def test_who_is_not_known_is_spoken_to_as_their_browser_asks(accepted: str | None, language: str):
    assert preferred(accepted) == language
