"""One of each paper, filled with what people may type: signs that XML or a spreadsheet would take as its own."""

from datetime import date

from app.documents import annual_report, late_list, notice, request, responsibility_letter, unit_report, urging_letter
from app.documents.paper import Letterhead

NASTY = '甲<b>&乙</b> "丙" ]]> =1+1 {{ 丁 }} 𠮷'
PLAN, PLAN_NUMBER = "三年行动计划" + NASTY, "扬促中小办发〔2022〕8号"

DOWN = Letterhead(
    agency="扬州市促进中小企业发展工作领导小组办公室",
    number="扬促中小办函〔2023〕4号",
    addressee="市工信局" + NASTY,
    issued_on=date(2023, 11, 6),
    contact="周文博" + NASTY,
    copies=("市生态环境局", NASTY),
    printer="领导小组办公室",
)
UP = Letterhead(
    agency=DOWN.agency,
    number="扬促中小办发〔2023〕9号",
    addressee="领导小组",
    issued_on=date(2023, 2, 24),
    signer="李建国",
)

PAPERS = {
    "annual_report": annual_report.render(
        annual_report.AnnualReport(
            letterhead=UP,
            year=2023,
            plan=PLAN,
            overview="总的情况" + NASTY,
            actions=(annual_report.ActionResult("梯队成长行动" + NASTY, f"第一段{NASTY}\n第二段{NASTY}"),),
            indicators=(
                annual_report.IndicatorResult(25, "采购占比" + NASTY, "超过60%", "63.2%", "105.3%", "说明" + NASTY),
            ),
            problems=("问题" + NASTY,),
            priorities=("重点" + NASTY,),
            silent_units=("市商务局", "高邮市"),
        )
    ),
    "late_list": late_list.render(
        late_list.LateList(
            agency="领导小组办公室",
            subject="2023年度反馈",
            due_on=date(2023, 12, 29),
            as_of=date(2024, 1, 4),
            expected=28,
            units=(late_list.LateUnit("市商务局" + NASTY, "填报年度反馈", "王小明" + NASTY, 3, 1),),
        )
    ),
    "notice": notice.render(
        notice.Notice(DOWN, 2023, PLAN, PLAN_NUMBER, date(2023, 12, 1), date(2023, 12, 29), remark="另附" + NASTY)
    ),
    "request": request.render(
        request.Request(
            letterhead=UP,
            year=2023,
            plan=PLAN,
            plan_number=PLAN_NUMBER,
            approach="逐年均衡安排" + NASTY,
            open_points=("第2项尚差1家" + NASTY,),
            targets=(request.TargetRow(2, "梯队成长行动", "小巨人" + NASTY, "家", "100", "30", "市工信局"),),
        )
    ),
    "responsibility_letter": responsibility_letter.render(
        responsibility_letter.ResponsibilityLetter(
            letterhead=DOWN,
            year=2023,
            plan=PLAN,
            plan_number=PLAN_NUMBER,
            unit="扬州市工业和信息化局" + NASTY,
            figures=(responsibility_letter.Figure(25, "采购占比" + NASTY, "超过60%", "口径" + NASTY),),
            measures=("举措" + NASTY,),
            signer="李建国",
        )
    ),
    "unit_report": unit_report.render(
        unit_report.UnitReport(
            unit="扬州市科学技术局" + NASTY,
            year=2023,
            figures=(unit_report.Figure(7, "研发机构" + NASTY, "50家", "48家", "预计", "说明" + NASTY),),
            results=(unit_report.Told("促进研发机构提升", "第一段" + NASTY),),
            promises=("新建研发机构：已完成" + NASTY,),
            matters=(unit_report.Told("精准对接", "进展" + NASTY),),
            problems="问题" + NASTY,
            priorities=(unit_report.Told("梯队培育", "内容" + NASTY),),
            cases=(unit_report.Told("案例", "简况" + NASTY),),
            drafter="陈晨",
            signer="林涛",
            signed_on=date(2023, 12, 20),
            round=2,
        )
    ),
    "urging_letter": urging_letter.render(
        urging_letter.UrgingLetter(
            letterhead=DOWN,
            unit="市工信局",
            matter="第三季度监测" + NASTY,
            basis="重点任务第25项",
            due_on=date(2023, 10, 30),
            days_late=5,
            times=2,
            new_limit_on=date(2023, 11, 10),
            wanted="说明" + NASTY,
        )
    ),
}
