"""One of each paper, filled with what people may type: signs that XML or a spreadsheet would take as its own."""

from datetime import date

from app.documents import (
    annual_report,
    change_sheet,
    consultation_letter,
    extension_answer,
    handling_sheet,
    investigation_notice,
    late_list,
    library_list,
    minutes,
    notice,
    order_notice,
    policy_package,
    request,
    responsibility_letter,
    revocation,
    service_month,
    typical_case,
    unit_report,
    update_notice,
    urging_letter,
)
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

REVOCATION = revocation.Revocation(
    letterhead=DOWN,
    enterprise="扬州精密机械有限公司" + NASTY,
    code="91321003MA1X2Y3Z4A",
    titles=("市级专精特新中小企业",),
    ground="弄虚作假",
    legal_ground="管理办法" + NASTY,
    findings="虚增收入" + NASTY,
    statement="正在更正" + NASTY,
    ended_on=date(2023, 5, 26),
    ban_until=date(2026, 5, 26),
)

ACTIVITY = service_month.Listed("9月14日14:30", "对接会" + NASTY, "融资对接", "市人行" + NASTY, "市会议中心")
FIRM = library_list.Entry(NASTY, "91321000MA00000012", NASTY, "科技型")

CASE = typical_case.CaseText(
    number="2023-031",
    title="小零件走进大飞机" + NASTY,
    kind="企业成长",
    subject="扬州精密机械有限公司" + NASTY,
    author="市工信局" + NASTY,
    parts=(("背景", "第一段" + NASTY), ("成效", "销售增长31%" + NASTY)),
    sources=("销售增长：31%，统计年报" + NASTY,),
    published_on=date(2023, 10, 12),
)

PAPERS = {
    "order_notice": order_notice.render(
        order_notice.OrderNotice(
            letterhead=DOWN,
            level="红色限办，紧急",
            unit="市工信局" + NASTY,
            basis="领导批示" + NASTY,
            matter="账款清欠" + NASTY,
            demands="请查明原因" + NASTY,
            limit_on=date(2023, 11, 17),
            wanted=("办理结果", "佐证材料"),
            co_units=("市生态环境局" + NASTY,),
            former="扬促中小办督〔2023〕10号",
            instruction="请抓紧办理" + NASTY,
            urgent_reason="上级督查" + NASTY,
        )
    ),
    "extension_answer": extension_answer.render(
        extension_answer.ExtensionAnswer(
            letterhead=DOWN,
            matter="年度反馈" + NASTY,
            asked_on=date(2023, 11, 1),
            old_due_on=date(2023, 11, 6),
            wanted_on=date(2023, 11, 10),
            granted_on=date(2023, 11, 8),
            reason="数据尚未发布" + NASTY,
            asked_late=True,
        )
    ),
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
    "change_sheet": change_sheet.render(
        change_sheet.ChangeSheet(
            agency="扬州市工业和信息化局",
            enterprise="扬州精密机械有限公司" + NASTY,
            code="91321003MA1X2Y3Z4A",
            titles=("专精特新中小企业",),
            kind="更名",
            event_on=date(2023, 7, 11),
            reported_on=date(2023, 7, 20),
            before="旧名" + NASTY,
            after="新名" + NASTY,
            impact="无影响" + NASTY,
            locality_opinion="认可",
            effect="延续。条件不变" + NASTY,
            decided_on=date(2023, 7, 28),
        )
    ),
    "consultation_call": consultation_letter.render_call(
        consultation_letter.MeetingCall(
            letterhead=DOWN,
            subject="指标8年度目标" + NASTY,
            held_at="2023年6月6日 14:30",
            place="三号会议室" + NASTY,
            chair="郑国梁",
            agenda="1. 研究目标值" + NASTY,
            units=("市工信局", "市科技局"),
        )
    ),
    "consultation_letter": consultation_letter.render_letter(
        consultation_letter.ConsultationLetter(
            letterhead=DOWN,
            subject="指标8年度目标" + NASTY,
            background="双方数据来源不同" + NASTY,
            questions=("年度目标值" + NASTY,),
            answer_by=date(2023, 6, 8),
        )
    ),
    "handling_sheet": handling_sheet.render(
        handling_sheet.HandlingSheet(
            matter="2023年度反馈：市工信局" + NASTY,
            facts=(("责任单位", "市工信局"), ("办理时限", "2023年12月29日（星期五）" + NASTY)),
            course=(
                handling_sheet.Entry("12月20日 09:00", "王强（市工信局）", "填报年度反馈", ""),
                handling_sheet.Entry("12月21日 10:30", "赵明远（市工信局）", "审签年度反馈", "同意报送" + NASTY),
            ),
            reports=(
                handling_sheet.Report(
                    "填报年度反馈（王强）",
                    (handling_sheet.Part("存在问题", ("问题：" + NASTY,)), handling_sheet.Part("工作重点", ())),
                ),
            ),
            files=("说明.pdf（12 KB，王强）" + NASTY,),
            printed="打印人：王强，打印时间：2023年12月22日 10:00。",
        )
    ),
    "investigation_notice": investigation_notice.render(
        investigation_notice.InvestigationNotice(
            letterhead=DOWN,
            enterprise="扬州精密机械有限公司" + NASTY,
            titles=("专精特新中小企业",),
            facts=("收入与纳税申报不一致" + NASTY,),
            heard_until=date(2023, 5, 25),
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
    "month_calendar": service_month.calendar(DOWN.agency, 2023, date(2023, 8, 1), [ACTIVITY] * 40),
    "month_invitation": service_month.invitation(
        service_month.Invitation(
            organisers="市人行" + NASTY,
            title="融资对接会" + NASTY,
            on_day=date(2023, 9, 14),
            on_time="14:30",
            place="市会议中心" + NASTY,
            programme="产品推介" + NASTY,
            contact="王工" + NASTY,
            issued_on=date(2023, 8, 30),
        )
    ),
    "month_plan": service_month.plan(DOWN, 2023, "主题" + NASTY, "经费" + NASTY, PLAN, [ACTIVITY] * 40),
    "month_summary": service_month.summary(
        DOWN.agency,
        2023,
        date(2023, 11, 6),
        "总结" + NASTY,
        "经验" + NASTY,
        ("举办38场", ""),
        [("融资对接", *"1234567")],
    ),
    "library_call": library_list.call(DOWN, 2023, NASTY, [("研发费用占营业收入比重" + NASTY, "20")]),
    "library_entered": library_list.entered(DOWN.agency, NASTY, 2023, date(2023, 3, 1), [FIRM] * 40),
    "library_left": library_list.left(DOWN.agency, NASTY, 2023, date(2023, 11, 21), [FIRM]),
    "library_plan": library_list.growth_plan(
        DOWN.agency, NASTY, 2023, date(2023, 7, 3), [NASTY], [("市人社局", NASTY, "2023年12月20日")], NASTY
    ),
    "library_results": library_list.results(
        DOWN.agency, 2023, date(2023, 12, 31), [(NASTY, "邗江区", "实施中", "2项", "1项")]
    ),
    "library_selected": library_list.selected(DOWN, 2023, PLAN, [FIRM] * 40),
    "minutes": minutes.render(
        minutes.Minutes(
            letterhead=DOWN,
            subject="指标8年度目标" + NASTY,
            background="双方数据来源不同" + NASTY,
            units=("市工信局", "市科技局", "市发改委"),
            silent=("市发改委",),
            meeting="会议会商。2023年6月6日 14:30在三号会议室召开，郑国梁主持",
            discussion="逐家核对" + NASTY,
            decisions=(minutes.Decision("年度目标值" + NASTY, "市工信局30；市科技局28", "29", "说明" + NASTY),),
            actions=(minutes.DecidedAction("重新分解" + NASTY, "市科技局", date(2023, 6, 30)),),
            objections=("市发改委：保留意见" + NASTY,),
        )
    ),
    "notice": notice.render(
        notice.Notice(DOWN, 2023, PLAN, PLAN_NUMBER, date(2023, 12, 1), date(2023, 12, 29), remark="另附" + NASTY)
    ),
    "policy_package": policy_package.render_package(
        policy_package.Package(
            agency="办公室",
            enterprise="扬州精密机械有限公司" + NASTY,
            sent_on=date(2022, 8, 5),
            message="请及时申报" + NASTY,
            note="附言" + NASTY,
            is_unconfirmed=True,
            policies=(
                policy_package.PackagePolicy(
                    "研发费用补助" + NASTY,
                    "增量的10%",
                    "长期",
                    ("研发费用占比不低于3%：4%，满足",),
                    ("网上申报" + NASTY,),
                ),
            ),
            tools=(("数字化诊断", "服务中心" + NASTY, "87860000"),),
        )
    ),
    "policy_reach": policy_package.render_reach(
        policy_package.RoundReach(
            agency="办公室",
            subject="2022年第3批政策推送",
            as_of=date(2022, 9, 30),
            pushed=150,
            read=120,
            reach="80%",
            policies=(policy_package.PolicyReach("研发费用补助" + NASTY, "市科技局", 150, 120, 30, "20%"),),
        )
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
    "revocation_decision": revocation.render_decision(REVOCATION),
    "revocation_report": revocation.render_report(REVOCATION),
    "typical_case": typical_case.render_case(DOWN.agency, CASE),
    "typical_case_adoption": typical_case.render_adoption(
        typical_case.Adoption(DOWN.agency, CASE.author, CASE, "按考核规则，质量加0.5分。", date(2023, 10, 12))
    ),
    "typical_case_compilation": typical_case.render_compilation(
        typical_case.Compilation(DOWN.agency, 2023, (CASE.title,), (CASE, CASE), date(2023, 12, 20))
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
    "update_notice": update_notice.render(
        update_notice.UpdateNotice(DOWN, 2023, ("专精特新中小企业",), date(2023, 4, 28), date(2023, 4, 30))
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
