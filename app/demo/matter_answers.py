"""How the forms of a year's practical matters are filled in: proposals, the list, plans, requests and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.demo.sheet import Answers, Sheet
from app.duties.practical_matter import acceptance_proposal, counted, delivery_ratio

PROPOSING_SHARE, UNDONE_SHARE = 0.6, 0.15
LISTED = 10
IDEAS = (
    (
        "推广首贷续贷便利服务",
        "组织金融机构走访专精特新中小企业，逐家摸排首贷和续贷需求，推出专属信贷产品，压缩审批环节，年内全部对接到位。",
    ),
    (
        "开展数字化转型免费诊断",
        "遴选优质服务机构进企业开展数字化诊断，逐家出具诊断报告和改造建议，帮助企业申报改造项目，按季度通报进展。",
    ),
    (
        "组织产业链供需对接",
        "围绕重点产业链举办供需对接活动，发布企业产品和需求清单，促成大中小企业配套合作，跟踪落实签约项目。",
    ),
    (
        "办好企业人才专场招聘",
        "在春秋两季组织专精特新企业进高校招聘，提供免费展位和线上直播服务，帮助企业引进急需紧缺的技术技能人才。",
    ),
    (
        "推行惠企政策免申即享",
        "梳理可以数据核验的奖补事项，实现企业免申报、直接兑付，公布事项清单和兑付时限，让政策直达企业。",
    ),
    (
        "提供知识产权托管服务",
        "为中小企业提供专利检索、布局和维权辅导，降低企业知识产权管理成本，建立服务台账，定期回访企业。",
    ),
    (
        "支持企业参加重点展会",
        "组织企业参加境内外重点展会，统一布展并给予展位补贴，帮助企业开拓市场，展后跟踪订单落实情况。",
    ),
    (
        "开设企业家能力提升班",
        "按行业举办企业经营管理和技术骨干培训班，邀请专家授课、组织标杆企业参观，全年分期实施并做好学员跟踪。",
    ),
    (
        "优化用地用能要素保障",
        "建立重点项目要素保障清单，对符合条件的项目优先安排用地和用能指标，专人协调，限时办结企业诉求。",
    ),
    (
        "推进检验检测资源共享",
        "推动重点实验室和检测机构向中小企业开放，公布可共享设备和收费优惠，帮助企业缩短新产品检测周期。",
    ),
    (
        "设立中小企业法律服务站",
        "在园区设立法律服务站点，组织律师为中小企业提供合同审查、账款追讨等咨询，每月开展一次现场服务。",
    ),
    (
        "开展绿色低碳改造服务",
        "为重点用能企业提供节能诊断和碳足迹核算服务，帮助企业申报绿色工厂，推荐成熟适用的节能技术。",
    ),
)
STEPS = (
    (
        "印发实施细则，公布办理流程和联系方式",
        "文件印发并在门户公开",
    ),
    (
        "完成首批企业对接和服务",
        "形成服务台账",
    ),
    (
        "全部任务完成，总结成效并回访企业",
        "回访记录齐全",
    ),
)
MONTHS = (6, 9, 11)
PUBLIC = "可在企业首页了解办理条件和联系人，符合条件的企业按公布的流程申请，一般十个工作日内答复。"
SUMMARY = (
    "已按实施计划推进，印发细则并公布办理流程，建立服务台账，走访对接企业并逐家落实服务措施，定期调度进展，"
    "企业普遍反映办理更加便利。未尽事项将继续跟进，并在年度总结中一并报告。"
)


def propose_matter(sheet: Sheet) -> Answers:
    if sheet.random.random() > PROPOSING_SHARE:
        return {"none": True, "matters": []}
    return {"matters": [_idea(title, content) for title, content in sheet.random.sample(IDEAS, 1)]}


def _idea(title: str, content: str) -> Answers:
    return {"title": title, "content": content, "is_own_lead": True, "target_group": "专精特新中小企业"}


def choose_matters(sheet: Sheet) -> Answers:
    """What departments proposed, each thing once, and as many of the office's own as are missing."""
    proposed: dict[str, Answers] = {}
    for row in sheet.known.get("matters", ()):
        proposed.setdefault(row["title"], {**row, "is_chosen": True})
    own = [{"title": title, "content": content, "is_chosen": True} for title, content in IDEAS if title not in proposed]
    rows = [*proposed.values(), *own][:LISTED]
    return {"matters": [{**row, "is_qualitative": True, "lead": row.get("lead") or "市工信局"} for row in rows]}


def set_milestones(sheet: Sheet) -> Answers:
    year = sheet.facts["year"]
    rows: list[Answers] = [
        {"content": content, "by": date(year, month, 15).isoformat(), "success": success}
        for month, (content, success) in zip(MONTHS, STEPS, strict=True)
    ]
    return {"milestones": rows, "public_text": PUBLIC}


def request_acceptance(sheet: Sheet) -> Answers:
    """Now and then the last step is still to be done."""
    rows = [_done(row) for row in sheet.known["milestones"]]
    if sheet.random.random() < UNDONE_SHARE:
        rows[-1].pop("is_done", None)
    return {"milestones": rows, "summary": SUMMARY}


def _done(row: Mapping[str, Any]) -> Answers:
    reached = {"value": row["goal"]} if "goal" in row else {}
    return {**row, **reached, "is_done": True}


def accept_matter(sheet: Sheet) -> Answers:
    ratio = delivery_ratio(counted(sheet.facts["milestones"], ()))
    outcome = "accepted" if acceptance_proposal(ratio) == "accepted" else "partly"
    remark = {} if outcome == "accepted" else {"remark": "最后一个节点尚未完成，转入下一年继续推进。"}
    return {"outcome": outcome, "quality_level": sheet.random.choice(("excellent", "good", "good")), **remark}


WRITERS: Mapping[str, Callable[[Sheet], Answers]] = {
    "propose_matter": propose_matter,
    "choose_matters": choose_matters,
    "set_milestones": set_milestones,
    "request_acceptance": request_acceptance,
    "accept_matter": accept_matter,
}
