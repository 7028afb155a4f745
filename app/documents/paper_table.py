"""What a paper holds in table form: figures between ruled lines, the slip to sign for, and the imprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from app.documents.sheet import CELL, HEITI, TEXT_WIDTH, THICK, THIN, XIAOBIAOSONG, set_face, underline
from app.documents.word_file import printable

SLIP_WIDTHS = (Mm(26), Mm(58), Mm(26), Mm(46))

CELL_MARGINS = {"top": 40, "left": 68, "bottom": 40, "right": 68}  # twentieths of a point


@dataclass(frozen=True)
class Column:
    """heading, width in mm (a table's widths come to 156), and whether its cells are centred."""

    heading: str
    width_mm: float
    is_centred: bool = False


def add_table(document: Document, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """A ruled table whose heading stands again on every page and whose rows do not break."""
    table = _bare_table(document, [Mm(column.width_mm) for column in columns])
    _rule(table, {"top": THICK, "bottom": THICK, "left": THIN, "right": THIN, "insideH": THIN, "insideV": THIN})
    heading = _add_row(table, [column.heading for column in columns])
    heading._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for cell in heading.cells:
        _centre(cell)
        set_face(cell.paragraphs[0].runs[0], HEITI)
    for texts in rows:
        for column, cell in zip(columns, _add_row(table, texts).cells, strict=True):
            if column.is_centred:
                _centre(cell)


def add_slip(document: Document, heading: str, rows: Sequence[tuple[str, str, str, str]], note: str) -> None:
    """Under a dashed line, what is signed by hand: two labels with their values a row; kept on one page."""
    rule = document.add_paragraph()
    underline(rule, "dashed", THIN)
    title = document.add_paragraph(style=CELL)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(12)
    run = title.add_run(heading)
    run.font.size = Pt(16)
    set_face(run, XIAOBIAOSONG)
    table = _bare_table(document, SLIP_WIDTHS)
    _rule(table, dict.fromkeys(("top", "bottom", "left", "right", "insideH", "insideV"), THIN))
    for texts in rows:
        row = _add_row(table, texts)
        row.height = Mm(10)
        for cell in row.cells[::2]:
            _centre(cell)
    paragraphs = [rule, title, *(cell.paragraphs[0] for row in table.rows for cell in row.cells)]
    for paragraph in paragraphs:
        paragraph.paragraph_format.keep_with_next = True
    document.add_paragraph(printable(note), style=CELL).paragraph_format.space_before = Pt(6)


def add_imprint(document: Document, texts: Sequence[str]) -> None:
    """版记: a row each, floating at the lower edge of the last page's text; a tab leads to the right edge.

    What stands last before it goes with it to a further page where this one has no room for both.
    """
    _keep_last_with_next(document)
    table = _bare_table(document, [TEXT_WIDTH])
    _rule(table, {"top": THICK, "bottom": THICK, "insideH": THIN})
    _float_at_foot(table)
    for text in texts:
        paragraph = _add_row(table, [text]).cells[0].paragraphs[0]
        form = paragraph.paragraph_format
        form.line_spacing = Pt(24)
        form.left_indent = Pt(9)
        form.tab_stops.add_tab_stop(Mm(143), WD_TAB_ALIGNMENT.RIGHT)
        for run in paragraph.runs:
            run.font.size = Pt(14)
    document.add_paragraph().paragraph_format.line_spacing = Pt(1)  # a floating table needs a paragraph to float beside


def _keep_last_with_next(document: Document) -> None:
    for block in list(document.iter_inner_content())[-2:]:
        for paragraph in _last_lines(block):
            paragraph.paragraph_format.keep_with_next = True


def _last_lines(block: Paragraph | Table) -> list[Paragraph]:
    if isinstance(block, Paragraph):
        return [block]
    return [paragraph for cell in block.rows[-1].cells for paragraph in cell.paragraphs]


def _float_at_foot(table: Table) -> None:
    """LibreOffice floats no table as wide as the text, so it is told a smaller width; Word goes by the cells."""
    properties: Any = table._tbl.tblPr
    width = parse_xml(f'<w:tblW {nsdecls("w")} w:w="{Mm(150).twips}" w:type="dxa"/>')
    properties.replace(properties.find(qn("w:tblW")), width)
    place = (
        f'<w:tblpPr {nsdecls("w")} w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="margin" '
        'w:tblpXSpec="left" w:tblpYSpec="bottom"/>'
    )
    properties.insert(0, parse_xml(place))


def _bare_table(document: Document, widths: Sequence[Length]) -> Table:
    table = document.add_table(rows=0, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    margins = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in CELL_MARGINS.items())
    properties: Any = table._tbl.tblPr
    properties.insert_element_before(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"), "w:tblLook")
    return table


def _rule(table: Table, lines: dict[str, int]) -> None:
    """The table's lines: for each edge its width in eighths of a point."""
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="{lines[edge]}" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
        if edge in lines
    )
    borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{edges}</w:tblBorders>")
    properties: Any = table._tbl.tblPr
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _add_row(table: Table, texts: Sequence[str]) -> _Row:
    row = table.add_row()
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    for cell, text in zip(row.cells, texts, strict=True):
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        cell.paragraphs[0].style = CELL
        cell.paragraphs[0].add_run(printable(text))
    return row


def _centre(cell: _Cell) -> None:
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
