"""Opens BPMN sources as hostile bytes, and says every reason to refuse them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from app.engine.faults import InvalidDefinition, Problem
from app.engine.ornaments import strip
from app.engine.rulebook import Rulebook
from app.engine.shape import check_shape
from app.engine.vocabulary import check_schema, check_size, check_vocabulary
from app.engine.wiring import check_wiring

MAX_BYTES = 2 << 20
MAX_ELEMENTS = 10_000  # the schema's validator takes the square of them in time, where each is wrong
Trees = Mapping[str, etree._Element]


def read(sources: tuple[tuple[str, bytes], ...], key: str) -> tuple[Trees, tuple[Problem, ...]]:
    """The trees of acceptable sources, by file name, and notices of what in them has no effect.

    Raises InvalidDefinition with all problems found.
    """
    book = Rulebook()
    trees = _opened(book, sources)
    if not book.problems:
        check_vocabulary(book, trees)
        strip(trees)
        check_schema(book, trees)
        check_size(book, trees)
    if not book.problems:
        check_wiring(book, trees, key)
    if not book.problems:
        check_shape(book, trees)
    if book.problems:
        raise InvalidDefinition(tuple(book.problems))
    return trees, book.notices


def reread(sources: tuple[tuple[str, bytes], ...]) -> Trees:
    """The trees of sources that were accepted before: rules that came later do not stop what runs by them.

    Raises InvalidDefinition for what cannot be opened.
    """
    book = Rulebook()
    trees = _opened(book, sources)
    if book.problems:
        raise InvalidDefinition(tuple(book.problems))
    strip(trees)
    return trees


def _opened(book: Rulebook, sources: tuple[tuple[str, bytes], ...]) -> dict[str, etree._Element]:
    opened = ((file, _open(book, file, content)) for file, content in sources)
    return {file: root for file, root in opened if root is not None}


def _is_utf8(content: bytes) -> bool:
    """What is kept as text must come back as the same bytes."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _open(book: Rulebook, file: str, content: bytes) -> etree._Element | None:
    if len(content) > MAX_BYTES:
        book.refuse_file(file, 0, "too_large")
        return None
    if not _is_utf8(content):
        book.refuse_file(file, 0, "not_utf8")
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        book.refuse_file(file, error.lineno or 0, "not_xml", str(error))
        return None
    document: Any = root.getroottree().docinfo  # incomplete in the published stubs of lxml
    if document.doctype or document.internalDTD is not None:
        book.refuse_file(file, 1, "doctype")
        return None
    if sum(1 for _ in root.iter("*")) > MAX_ELEMENTS:
        book.refuse_file(file, 0, "too_many_elements")
        return None
    return root
