"""The papers of the library and of a growth selection say what stands in their rows."""

from __future__ import annotations

from io import BytesIO

from docx import Document

from app import clock
from app.services import campaign_papers
from app.services.house import House
from tests.services.growths import GOAL, SUPPORT, Growth
from tests.services.libraries import Library, code, row


def drawn(library: Library, instance_id: str, key: str) -> tuple[str, str, list[list[str]]]:
    """Name of the file, its text, and the cells of its tables."""
    with clock.held(library.at), library.house.database.reading() as session:
        name, content = campaign_papers.draw(session, library.house, instance_id, key, "")
    document = Document(BytesIO(content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    tables = [[cell.text for cell in line.cells] for table in document.tables for line in table.rows]
    return name, text, tables


def offered(library: Library, instance_id: str) -> list[str]:
    with library.house.database.reading() as session:
        return [paper.key for paper in campaign_papers.offered(session, instance_id)]


def test_who_entered_by_a_list_stands_on_its_paper(house: House) -> None:
    library = Library(house).firms(1, 2).start()
    assert offered(library, library.id) == []
    library.nominate(row(1), row(2)).signed().accepted().entered()

    name, text, tables = drawn(library, library.id, "entered")

    assert name == "2022年入库企业名单.docx"
    assert "2022年邗江区“千企升级”入库企业名单" in text
    assert "自2022年3月1日起，下列2家企业列入“千企升级”培育库" in text
    assert tables[1] == ["1", "扬州第1精密机械有限公司", code(1), "高端装备", "科技型"]


def test_who_left_by_a_yearly_check_stands_on_its_paper(house: House) -> None:
    library = Library(house)
    library.firms(1, library_since=library.at.date(), state="deregistered").start("library_entry_check", login="office")
    library.do("check_library", rows=library.says("check_library")["rows"])
    library.do("sign_check", outcome="yes").do("review_check", outcome="accepted")

    _name, text, tables = drawn(library, library.id, "left")

    assert "下列1家企业退出“千企升级”培育库" in text
    assert tables[1][:4] == ["1", "扬州第1精密机械有限公司", code(1), "注销"]


def test_a_selection_has_its_call_its_list_and_its_results(house: House) -> None:
    growth = Growth(house).known(1, 2).account(2).open().set(number=90).agreed()
    _name, text, _tables = drawn(growth, growth.id, "call")
    assert "近两年主营业务收入平均增长率，30分" in text
    growth.nominated(1, 2).chosen().approved().noticed()

    name, text, tables = drawn(growth, growth.id, "selected")
    assert name == "关于公布2023年高成长企业名单的通知.docx"
    assert "扬促中小办发〔2023〕1号" in text
    assert ["1", "扬州第2精密机械有限公司", code(2), "邗江区"] in tables
    assert ["2", "扬州第1精密机械有限公司", code(1), "邗江区"] in tables

    task = next(task for task in growth.tasks("draft_plan") if task.instance_id == growth.plan_of(2).id)
    growth.send(task, goals=[GOAL], supports=[SUPPORT]).do("confirm_plan", "firm", outcome="yes")
    _name, text, tables = drawn(growth, growth.plan_of(2).id, "plan")
    assert "2023年主营业务收入（万元）：12,000" in text
    assert tables[1] == ["1", "市人社局", "纳入人才项目一体化支持", "2023年12月20日"]
    _name, _text, tables = drawn(growth, growth.id, "results")
    assert tables[1] == ["1", "扬州第2精密机械有限公司", "邗江区", "实施中", "1项", "0项"]
