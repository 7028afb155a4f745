"""The papers of 典型案例: the case itself, the book of a year, the note to the author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.documents import typical_case
from app.documents.typical_case import Adoption, CaseText, Compilation
from app.duties.quantity import plain, to_decimal
from app.duties.typical_case import BONUS, KINDS, PARTS, TEXTS
from app.errors import NotFound
from app.models.organization import OFFICE, Unit
from app.models.typical_case import TypicalCase
from app.queries.typical_cases import published_of, top_of
from app.services.typical_case.rows import subject_name
from app.terms import Source

UNPUBLISHED = "案例还没有发布。"
NO_CASES = "该年度没有发布的案例。"
SOURCES = {source.value: source.label for source in Source}


def case_paper(session: Session, case: TypicalCase) -> tuple[str, bytes]:
    """Name and bytes of the Word file. Raises NotFound before it is published."""
    return f"典型案例 {case.number}.docx", typical_case.render_case(_agency(session), text_of(case))


def adoption_paper(session: Session, case: TypicalCase) -> tuple[str, bytes]:
    """The note to who wrote it. Raises NotFound before it is published."""
    text = text_of(case)
    credit = f"按考核规则，质量加{plain(BONUS)}分。" if case.unit_id else ""
    note = Adoption(_agency(session), case.author_name, text, credit, text.published_on)
    return f"典型案例采用告知 {case.number}.docx", typical_case.render_adoption(note)


def compilation_paper(session: Session, year: int, today: date) -> tuple[str, bytes]:
    """The cases of a year that stand. Raises NotFound for a year without one."""
    cases = published_of(session, year)
    if not cases:
        raise NotFound(NO_CASES)
    top = [f"{case.title}（{case.author_name}）" for case in top_of(session, year)]
    book = Compilation(_agency(session), year, top, [text_of(case) for case in cases], today)
    return f"{year}年度典型案例汇编.docx", typical_case.render_compilation(book)


def text_of(case: TypicalCase) -> CaseText:
    if case.published_on is None:
        raise NotFound(UNPUBLISHED)
    return CaseText(
        number=case.number,
        title=case.title,
        kind=KINDS[case.kind],
        subject=subject_name(case),
        author=case.author_name,
        parts=[(PARTS[part], str(case.told[part])) for part in TEXTS if case.told.get(part)],
        sources=sources_of(case),
        published_on=case.published_on,
    )


def sources_of(case: TypicalCase) -> Sequence[str]:
    """Where each figure that stands in the text is from."""
    return [
        f"{row['label']}：{plain(to_decimal(row['value']))}{row['unit']}，{SOURCES.get(row['source'], row['source'])}"
        for row in case.told.get("figures", ())
    ]


def _agency(session: Session) -> str:
    return session.get_one(Unit, OFFICE).name
