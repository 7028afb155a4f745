"""The English catalog: a translation has the placeholders of its Chinese text."""

from __future__ import annotations

import re

from babel.messages.pofile import read_po

from config import ROOT

CATALOG = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def test_a_translation_has_the_placeholders_of_its_text() -> None:
    with CATALOG.open("rb") as file:
        pairs = [(str(message.id), str(message.string)) for message in read_po(file, locale="en") if message.string]

    wrong = [text for text, english in pairs if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(english))]

    assert len(pairs) > 200
    assert wrong == []
