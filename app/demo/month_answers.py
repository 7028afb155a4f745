"""How the forms of a service month are filled in: offers within its days, activities held with whom they invited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from app.demo.sheet import Answers, Sheet
from app.duties.service_month_calendar import codes_in

THEMES = ("专精特新 服务同行", "政策直达 助企惠企", "融通创新 携手成长")
WANTED = {"政策宣讲": 6, "融资对接": 6, "供需对接": 5, "技术对接": 4, "人才招聘": 4, "培训": 5}
TITLES = {
    "policy": "惠企政策专题宣讲会",
    "finance": "专精特新企业融资对接会",
    "supply": "产业链上下游供需对接会",
    "technology": "产学研技术对接会",
    "hiring": "专精特新企业专场招聘会",
    "training": "数字化转型专题培训班",
}
PLACES = ("市会议中心", "企业服务中心", "产业园区报告厅", "创新大厦一楼")
DAYS = {"from_on": "09-18", "to_on": "10-25"}
OFFER_SHARE, PROBLEM_SHARE = 0.7, 0.3
MOST_FIRMS = 25
SUMMARY = (
    "服务月按方案组织实施，各承办单位认真筹备，企业参与面广。融资、供需等对接活动促成一批合作意向，"
    "收集的问题已逐件转办，后续按季度跟进落实，年底开展回访。"
)


def frame_month(sheet: Sheet) -> Answers:
    kinds = [{**row, "wanted": WANTED.get(row["name"], 0)} for row in sheet.known["kinds"]]
    days = {name: f"{sheet.known[name][:4]}-{day}" for name, day in DAYS.items()}
    return {"theme": sheet.random.choice(THEMES), "kinds": kinds, **days}


def offer_activities(sheet: Sheet) -> Answers:
    """Seven units in ten have one or two."""
    if sheet.random.random() > OFFER_SHARE:
        return {"none": True}
    return {"rows": [_offer(sheet) for _ in range(sheet.random.choice((1, 1, 2)))]}


def _offer(sheet: Sheet) -> Answers:
    month, kind = sheet.facts["month"], sheet.random.choice(sorted(TITLES))
    days = [month["from_on"] + timedelta(days=number) for number in range((month["to_on"] - month["from_on"]).days)]
    working = [day for day in days if sheet.facts["calendar"].is_working_day(day)]
    return {
        "title": TITLES[kind],
        "kind": kind,
        "on_day": sheet.random.choice(working).isoformat(),
        "place": sheet.random.choice(PLACES),
        "number": sheet.random.choice((20, 30, 50)),
        "chain": "all",
        "level": sheet.random.choice(("library", "specialised", "innovative")),
        "contact": "联络员 0514-80000000",
    }


def compose_month(sheet: Sheet) -> Answers:
    """As it was offered; the office adds something only where nobody offers anything."""
    offers = [dict(row) for row in sheet.known["offers"]]
    return {"offers": offers} if offers else {"offers": [], "added": [{"unit_name": "市工信局", **_offer(sheet)}]}


def confirm_activity(sheet: Sheet) -> Answers:
    return {"programme": "政策和产品介绍，企业交流，自由洽谈。", "on_time": sheet.random.choice(("09:00", "14:30"))}


def report_activity(sheet: Sheet) -> Answers:
    """Most of those who registered or were invited came."""
    codes = [code for code in codes_in(sheet.known.get("firms")) if sheet.random.random() < 0.8][:MOST_FIRMS]
    told = {"outcome": "held", "firms": "\n".join(codes), "firm_number": len(codes), "people": len(codes) + 12}
    result = "活动按议程举行，企业反映良好，达成一批合作意向，后续逐家跟进。"
    figures = {"amount_wan": sheet.random.choice((0, 800, 2600)), "contracts": sheet.random.randint(0, 4)}
    return {**told, **figures, "result": result, **_problem(sheet, codes)}


def _problem(sheet: Sheet, codes: list[str]) -> Answers:
    if not codes or sheet.random.random() > PROBLEM_SHARE:
        return {}
    text = "企业反映流动资金周转偏紧，希望协调金融机构给予续贷支持。"
    return {"problems": [{"credit_code": codes[0], "category": "finance", "title": "协调续贷支持", "text": text}]}


def review_month(sheet: Sheet) -> Answers:
    return {"text": SUMMARY, "lessons": "部分活动时间集中，下一年提前一个月征集，避免同日多场。"}


WRITERS: Mapping[str, Callable[[Sheet], Answers]] = {
    "frame_month": frame_month,
    "offer_activities": offer_activities,
    "compose_month": compose_month,
    "confirm_activity": confirm_activity,
    "report_activity": report_activity,
    "review_month": review_month,
}
