"""Every paper opens again with all that was put in, in the faces and measures of GB/T 9704."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from app.documents import handling_sheet, late_list, order_notice, urging_letter
from app.documents.paper import Letterhead, Paper, chinese_date, in_chinese
from tests.documents.papers import DOWN, NASTY, PAPERS

SAYS = {
    "annual_report": [
        "2023年度工作总结报告",
        "一、总体情况",
        "（一）梯队成长行动" + NASTY,
        "第二段" + NASTY,
        "超过60%",
        "105.3%",
        "说明" + NASTY,
        "1. 问题" + NASTY,
        "五、2024年工作重点",
        "以下2个单位未报送：市商务局、高邮市。",
        "签发人：李建国",
    ],
    "change_sheet": [
        "优质中小企业变更登记表",
        "旧名" + NASTY,
        "新名" + NASTY,
        "2023年7月11日",
        "延续。条件不变" + NASTY,
    ],
    "consultation_call": ["会商会议的通知", "2023年6月6日 14:30", "三号会议室" + NASTY, "市工信局、市科技局"],
    "consultation_letter": ["关于商请反馈", "1. 年度目标值" + NASTY, "请于2023年6月8日前"],
    "handling_sheet": [
        "事项办理单",
        "事项：2023年度反馈：市工信局" + NASTY,
        "办理时限：2023年12月29日（星期五）" + NASTY,
        "（一）填报年度反馈（王强）",
        "问题：" + NASTY,
        "工作重点：未填写",
        "1. 说明.pdf（12 KB，王强）" + NASTY,
        "打印人：王强，打印时间：2023年12月22日 10:00。",
    ],
    "investigation_notice": [
        "核　查　通　知　书",
        "1. 收入与纳税申报不一致" + NASTY,
        "请于2023年5月25日前",
        "送　达　回　证",
    ],
    "late_list": ["逾期未报单位清单", "应报28个单位，逾期未报1个", "市商务局" + NASTY, "2024年1月4日"],
    "library_call": ["关于开展2023年高成长企业遴选的通知", "1. 研发费用占营业收入比重" + NASTY + "，20分"],
    "library_entered": ["自2023年3月1日起，下列40家企业列入“千企升级”培育库。", NASTY, "科技型"],
    "library_left": ["经2023年度核查，自2023年11月21日起，下列1家企业退出“千企升级”培育库。", NASTY],
    "library_plan": ["一、培育目标", "1. " + NASTY, "市人社局", "2023年12月20日", "三、主要困难"],
    "library_results": ["2023年高成长企业培育成效表", NASTY, "实施中", "2项"],
    "library_selected": ["关于公布2023年高成长企业名单的通知", "共40家", "91321000MA00000012"],
    "minutes": [
        "会　商　纪　要",
        "未反馈单位：市发改委。",
        "（一）年度目标值" + NASTY,
        "单位意见：市工信局30；市科技局28。",
        "决定：29。",
        "重新分解" + NASTY,
        "2023年6月30日",
        "1. 市发改委：保留意见" + NASTY,
    ],
    "month_calendar": ["2023年专精特新企业服务月活动日历", "对接会" + NASTY, "9月14日14:30"],
    "month_invitation": ["邀　请　函", "诚邀贵企业参加“融资对接会" + NASTY + "”", "产品推介" + NASTY, "市人行" + NASTY],
    "month_plan": [
        "关于开展2023年专精特新企业服务月活动的通知",
        "主题" + NASTY,
        "共安排活动40项",
        "附件：2023年服务月活动日历",
    ],
    "month_summary": ["2023年专精特新企业服务月总结", "举办38场", "总结" + NASTY, "经验" + NASTY, "融资对接"],
    "notice": [
        "关于报送2023年度工作推进成效和",
        "2024年工作重点的通知",
        "于2023年12月29日前报送",
        "另附" + NASTY,
        "（联系人：周文博" + NASTY + "）",
        f"抄送：市生态环境局，{NASTY}。",
        "2023年11月6日印发",
    ],
    "policy_package": [
        "企业政策包",
        "共1项政策符合贵企业条件（2022年8月5日推送，未经专员确认）",
        "附言" + NASTY,
        "符合的条件：研发费用占比不低于3%：4%，满足。",
        "服务中心" + NASTY,
    ],
    "policy_reach": ["推送政策包150个，已阅读120个，触达率80%", "研发费用补助" + NASTY, "市科技局", "20%"],
    "request": [
        "关于报请审定2023年度目标的请示",
        "妥否，请批示。",
        "附件：2023年度目标任务分解表",
        "小巨人" + NASTY,
        "签发人：李建国",
    ],
    "responsibility_letter": [
        "2023年度目标责任书",
        "超过60%",
        "口径" + NASTY,
        "1. 举措" + NASTY,
        "签　字　栏",
        "李建国",
    ],
    "revocation_decision": ["取消称号决定书", "虚增收入" + NASTY, "自2023年5月26日起", "2026年5月26日前不得申报"],
    "revocation_report": ["关于报请取消", "正在更正" + NASTY, "特此报告，请予审定。"],
    "typical_case": [
        "小零件走进大飞机" + NASTY,
        "（一）背景",
        "销售增长31%" + NASTY,
        "1. 销售增长：31%，统计年报" + NASTY,
    ],
    "typical_case_adoption": ["典型案例采用告知", "编号2023-031", "2023年10月12日在专精特新专栏发布", "质量加0.5分"],
    "typical_case_compilation": ["2023年度专精特新典型案例汇编", "发布典型案例2个", "一、年度十佳案例", "二、案例目录"],
    "unit_report": [
        "2023年度反馈",
        "研发机构" + NASTY,
        "（一）促进研发机构提升",
        "1. 新建研发机构：已完成" + NASTY,
        "六、2024年工作重点",
        "审　签　栏",
        "林涛",
        "第2次",
    ],
    "order_notice": [
        "督办通知单",
        "（红色限办，紧急）",
        "扬促中小办督〔2023〕10号督办单逾期未办结",
        "账款清欠" + NASTY,
        "请查明原因" + NASTY,
        "请于2023年11月17日前反馈办理情况",
        "办理结果、佐证材料",
        "签　收　回　执",
    ],
    "extension_answer": [
        "关于延期申请的批复",
        "“年度反馈" + NASTY + "”延至2023年11月10日办理",
        "由2023年11月6日延至2023年11月8日",
        "年度考核仍按原时限计算",
    ],
    "update_notice": ["关于开展2023年度企业信息更新的通知", "2022年度的主要经济指标", "请于2023年4月28日前完成"],
    "urging_letter": [
        "催　办　单",
        "第三季度监测" + NASTY,
        "已超5个工作日",
        "现予第2次催办",
        "签　收　回　执",
        "2023年11月10日前",
    ],
}


@pytest.fixture(params=PAPERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def paper(name: str) -> Document:
    return docx.Document(BytesIO(PAPERS[name]))


def whole_text(paper: Document) -> str:
    """All texts in their order, those of tables too, a line break for each paragraph."""
    paragraphs = paper.element.body.iter(qn("w:p"))
    return "\n".join("".join(text.text or "" for text in paragraph.iter(qn("w:t"))) for paragraph in paragraphs)


def test_what_was_put_in_stands_on_the_paper_sign_for_sign(name: str, paper: Document) -> None:
    text = whole_text(paper)

    for words in SAYS[name]:
        for line in words.split("\n"):
            assert line in text


def test_the_page_has_the_measures_of_the_standard(paper: Document) -> None:
    page = paper.sections[0]
    assert page.page_width is not None
    assert page.page_height is not None

    measures = (page.page_width, page.page_height, page.top_margin, page.left_margin, page.right_margin)
    assert [round(measure.mm) for measure in measures if measure is not None] == [210, 297, 37, 28, 26]
    assert page.bottom_margin is not None
    assert round(page.page_height.mm - 37 - page.bottom_margin.mm) == 225


def test_twenty_two_lines_of_twenty_eight_signs_fill_the_page(paper: Document) -> None:
    style = paper.styles["Body Text"]
    tightened = style.element.find(f".//{qn('w:spacing')}[@{qn('w:val')}]").get(qn("w:val"))

    assert style.font.size.pt == 16
    assert 22 <= Mm(225).pt / style.paragraph_format.line_spacing.pt < 23
    assert 28 <= Mm(156).pt / (16 + int(tightened) / 20) < 29


def test_every_face_is_named_for_chinese_signs_too(paper: Document) -> None:
    roots = [paper.styles.element, paper.element]
    faces = [fonts for root in roots for fonts in root.iter(qn("w:rFonts"))]

    assert {fonts.get(qn("w:eastAsia")) for fonts in faces} <= {
        "仿宋_GB2312",
        "黑体",
        "楷体_GB2312",
        "方正小标宋简体",
        "宋体",
    }
    assert all(fonts.get(qn("w:ascii")) == fonts.get(qn("w:eastAsia")) for fonts in faces)
    assert paper.styles["Body Text"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert paper.styles["Title"].element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"


def test_the_page_number_stands_outside_between_dashes(paper: Document) -> None:
    page = paper.sections[0]
    right, left = page.footer.paragraphs[0], page.even_page_footer.paragraphs[0]

    assert paper.settings.odd_and_even_pages_header_footer is True
    assert [etree.tostring(foot._p, encoding="unicode", method="text") for foot in (right, left)] == ["— 1 —"] * 2
    assert (right.alignment, left.alignment) == (2, 0)


def test_no_word_field_or_formula_comes_from_what_people_typed(name: str) -> None:
    with ZipFile(BytesIO(PAPERS[name])) as file:
        body = etree.fromstring(file.read("word/document.xml"))

    assert body.find(f".//{qn('w:fldSimple')}") is None
    assert body.find(f".//{qn('w:instrText')}") is None


def test_tables_fill_the_width_of_the_text(name: str, paper: Document) -> None:
    for table in paper.tables:
        assert sum(column.width.mm for column in table.columns) == pytest.approx(156, abs=0.1)


def test_the_same_paper_is_the_same_bytes() -> None:
    letter = urging_letter.UrgingLetter(DOWN, "甲", "乙", "丙", DOWN.issued_on, 1, 1, DOWN.issued_on)

    assert urging_letter.render(letter) == urging_letter.render(letter)


def test_the_red_mark_takes_one_line_and_the_signature_takes_two_lines_of_text_along() -> None:
    paper = docx.Document(BytesIO(PAPERS["urging_letter"]))
    mark = paper.paragraphs[0].runs[0]
    texts = [paragraph.text for paragraph in paper.paragraphs]
    agency = len(texts) - 1 - texts[::-1].index(DOWN.agency)

    assert str(mark.font.color.rgb) == "D0111B"
    assert mark.font.size is not None
    assert mark.font.size * len(DOWN.agency) <= Mm(156)
    assert all(paragraph.paragraph_format.keep_with_next for paragraph in paper.paragraphs[agency - 2 : agency + 1])
    assert texts[agency + 1] == "2023年11月6日"


@pytest.mark.parametrize("name", ["order_notice", "annual_report", "library_selected"])
def test_the_imprint_takes_along_what_stands_last_before_it(name: str) -> None:
    *_, last, imprint, _anchor = docx.Document(BytesIO(PAPERS[name])).iter_inner_content()

    assert isinstance(imprint, Table)
    cells = last.rows[-1].cells if isinstance(last, Table) else []
    kept = [last] if isinstance(last, Paragraph) else [line for cell in cells for line in cell.paragraphs]
    assert kept
    assert all(line.paragraph_format.keep_with_next for line in kept)


def paragraphs(name: str) -> list[Paragraph]:
    return docx.Document(BytesIO(PAPERS[name])).paragraphs


def test_headings_are_not_stretched_and_an_addressee_begins_where_the_line_begins() -> None:
    paper = docx.Document(BytesIO(PAPERS["typical_case_adoption"]))
    for style in ("Heading 1", "Heading 2"):
        assert paper.styles[style].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.LEFT

    for name in ("typical_case_adoption", "order_notice", "urging_letter"):
        to = next(one for one in paragraphs(name) if one.text.endswith("：") and one.text.startswith("市工信局"))
        assert (to.style.name if to.style else "", to.paragraph_format.first_line_indent) == ("Normal", None)


def test_each_case_of_the_book_begins_a_page_and_its_parts_count_anew() -> None:
    book = paragraphs("typical_case_compilation")

    titles = [at for at, one in enumerate(book) if one.paragraph_format.page_break_before]
    assert [book[at].text for at in titles] == ["小零件走进大飞机" + NASTY] * 2
    assert [one.text for one in book if one.text.startswith("（一）")] == ["（一）背景"] * 2
    assert book[-2].text == DOWN.agency
    assert all(one.paragraph_format.keep_with_next for one in book[-4:-1])


def test_the_last_colour_threatens_with_the_leading_group_and_not_with_another_colour() -> None:
    notice = order_notice.OrderNotice(DOWN, "橙色预警", "甲", "乙", "丙", "丁", DOWN.issued_on, ("办理结果",))

    assert "按规定升级督办" in order_notice.chapters(notice)[-1][1]
    last = order_notice.chapters(replace(notice, is_final=True))[-1][1]
    assert "提请领导小组研究处置" in last
    assert "升级" not in last


def test_what_is_said_of_each_part_does_not_begin_with_its_title_twice() -> None:
    part = handling_sheet.Part("存在问题", ("存在问题：数据口径",))
    report = handling_sheet.Report("填报", (part, handling_sheet.Part("依据", ("文件：一",))))
    sheet = handling_sheet.HandlingSheet("甲", (), (), "打印人：乙。", (report,))

    texts = [one.text for one in docx.Document(BytesIO(handling_sheet.render(sheet))).paragraphs]

    assert texts[-4:] == ["存在问题：数据口径", "依据：", "文件：一", "打印人：乙。"]


def test_text_that_no_file_can_hold_is_left_out_and_lines_become_paragraphs() -> None:
    paper = Paper("题\x00目")
    paper.text("一\x0b二\ud800\r\n\r\n三\rfour\tfive")

    assert [paragraph.text for paragraph in docx.Document(BytesIO(paper.to_bytes())).paragraphs] == [
        "一二",
        "三",
        "four\tfive",
    ]


def test_an_empty_list_says_so_without_a_table() -> None:
    late = late_list.LateList("办公室", "2023年度反馈", DOWN.issued_on, DOWN.issued_on, 28, ())

    paper = docx.Document(BytesIO(late_list.render(late)))

    assert paper.tables == []
    assert "逾期未报0个" in whole_text(paper)


def test_a_long_and_an_empty_agency_do_not_break_the_head() -> None:
    for agency in ("", "促" * 60):
        paper = Paper("题目")
        paper.head(Letterhead(agency, "", "", DOWN.issued_on))
        paper.signature(Letterhead(agency, "", "", DOWN.issued_on))

        assert docx.Document(BytesIO(paper.to_bytes())).paragraphs[0].text == agency


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_chapters_are_counted_in_chinese(number: int, words: str) -> None:
    assert in_chinese(number) == words


def test_a_date_has_no_leading_zero() -> None:
    assert chinese_date(DOWN.issued_on) == "2023年11月6日"
    assert chinese_date(DOWN.issued_on.replace(month=1)) == "2023年1月6日"
