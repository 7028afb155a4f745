"""How typical cases are filled in: written with a figure and its source, consented to, scored as they deserve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from app.demo import plausible
from app.demo.sheet import Answers, Sheet
from app.duties.typical_case import proposal, score
from app.duties.typical_case_checks import GROWTH, SERVICE, WITHOUT_FIRM
from app.duties.typical_case_figures import unsourced_numbers

DIGITAL = "digital"

PARTS: Mapping[str, tuple[str, ...]] = {
    "situation": (
        "长期以来，中小企业普遍存在研发投入不足、人才引进困难、产品同质化等问题。有关单位把培育专精特新企业作为重点工作，"
        "逐户摸排需求，建立培育清单，明确责任科室和联络人员，形成了上下联动、部门协同的工作格局，为企业转型打下了基础。",
        "该企业成立之初以来料加工为主，利润微薄，客户单一。面对市场变化，企业下决心走专业化道路，聚焦一个细分零件持续攻关，"
        "在服务专员的帮助下梳理短板，制定三年提升方案，逐步建立起研发、质量和管理体系，走上了专精特新的发展道路。",
    ),
    "practice": (
        "一是建立首席工程师制度，组建攻关小组，与高校共建实验室；二是开展数字化诊断，分步改造关键工序，实现生产过程可追溯；"
        "三是对接融资机构，用好知识产权质押贷款；四是由服务专员按季度走访，逐项协调解决用工、用地和检测认证方面的困难。",
    ),
    "lesson": (
        "专注是中小企业成长的根本，部门的精准服务是重要支撑。把企业的需求清单变成部门的任务清单，按季度调度、限时办结、"
        "由企业评价，才能让服务真正见到实效。上述做法投入不大、流程清楚，其他单位和企业结合实际即可借鉴推广。",
    ),
}
RESULT = (
    "产品一次交检合格率持续提升，进入多家龙头企业的供应链，年销售收入增长{value}%。企业先后获评专精特新企业称号，"
    "研发队伍不断壮大，带动上下游企业共同成长，职工收入稳步增加，企业对部门服务给予充分肯定，取得了良好的经济和社会效益。"
)


def write_case(sheet: Sheet) -> Answers:
    """What stands fast after a return is left as it was."""
    known, value = sheet.known, sheet.random.randint(8, 40)
    parts = {part: known.get(part) or sheet.random.choice(texts) for part, texts in PARTS.items()}
    figures = known.get("figures") or [
        {
            "label": "年销售收入增长",
            "value": value,
            "unit": "%",
            "as_of": date(sheet.today.year - 1, 12, 31).isoformat(),
            "source": "enterprise",
        }
    ]
    title = str(known.get("title") or "")
    result = str(known.get("result") or RESULT.format(value=value))
    return {
        **plausible.fill(sheet.form, known, sheet.today, sheet.random),
        **parts,
        "title": title if len(title) >= 8 else f"{title}：做法与成效",
        "kind": _kind(sheet),
        "result": result,
        "figures": [*figures, *({**figures[0], "value": float(one)} for one in unsourced_numbers(result, figures))],
        "secrets": True,
    }


def _kind(sheet: Sheet) -> str:
    """A firm whose title has ended since the case was offered is told of for what it does, not for how it grew."""
    kind, subject = str(sheet.known.get("kind") or SERVICE), str(sheet.known.get("subject") or "").strip()
    firm = sheet.facts["firm_named"](subject) if subject else None
    if kind == GROWTH and (firm is None or not firm["holds_title"]):
        return DIGITAL if firm else SERVICE
    return kind if firm or kind in WITHOUT_FIRM else SERVICE


def confirm_by_firm(sheet: Sheet) -> Answers:
    return {"outcome": "yes", "signer": "江海燕"}


def review_case(sheet: Sheet) -> Answers:
    """One in six goes back once; nothing is refused that was mended."""
    points = {part: sheet.random.randint(7, 9) for part in ("typical", "truthful", "repeatable", "written")}
    if sheet.wish.get("outcome") == "returned" or (sheet.facts["round"] == 1 and sheet.random.random() < 1 / 6):
        points |= {"repeatable": 5, "written": 4, "typical": 6, "truthful": 7}
        told = [{"field": "lesson", "point": "启示写得过于笼统，请结合具体做法说明。"}]
        return {**points, "outcome": "returned", "return_points": told, "opinion_text": "请按意见修改。"}
    assert proposal(score(points)) == "yes"
    return {**points, "outcome": "yes", "check_units": sheet.known.get("check_units", [])}


def check_facts(sheet: Sheet) -> Answers:
    """A figure in ten is a little lower by the department's books."""
    rows = [dict(row) for row in sheet.known.get("figures", ())]
    for row in rows:
        is_wrong = sheet.random.random() < 1 / 10
        row["verdict"] = "wrong" if is_wrong else "right"
        if is_wrong:
            row |= {"right_value": max(row["value"] - 2, 1), "right_source": "统计年报"}
    return {"figures": rows}


WRITERS: Mapping[str, Callable[[Sheet], Answers]] = {
    "write_case": write_case,
    "confirm_by_firm": confirm_by_firm,
    "review_case": review_case,
    "check_facts": check_facts,
}
