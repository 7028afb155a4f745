"""Invented enterprises: names, figures of four years, titles they have had, and who is in the upgrading library.

Nothing here is of a real firm: each name says so, and the credit codes use an organisation part that is not given out.
The same seed and number give the same enterprises, so a test or a bench can make twenty thousand of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.duties.credit_code import with_check_character
from app.duties.recognition import validity
from app.models.enterprise import Enterprise, EnterpriseYear, LibraryStay, Title
from app.services.plans import pinyin_of
from app.terms import Source, TitleLevel

ARRIVAL = date(2024, 8, 26)  # of the demonstration's: what is known of them is of that day
YEARS = 4  # of figures that an enterprise brings along
RECORDED_BY = "demo"

# locality -> its share; its code is the administrative division's
LOCALITIES = {
    "guangling": (12, "321002"),
    "hanjiang": (20, "321003"),
    "jiangdu": (20, "321012"),
    "baoying": (10, "321023"),
    "yizheng": (12, "321081"),
    "gaoyou": (12, "321084"),
    "etdz": (10, "321071"),
    "ecotech": (3, "321072"),
    "shugang": (1, "321073"),
}
# chain -> what its firms make
PRODUCTS = {
    "高端装备": ("精密减速器", "数控机床", "液压元件", "工业机器人", "检测仪器"),
    "汽车及零部件": ("制动总成", "车用线束", "轻量化车架", "动力电池壳体", "汽车电子"),
    "新型电力装备": ("特种电缆", "光伏支架", "智能配电柜", "储能变流器", "变压器"),
    "微电子及软件和信息服务": ("功率器件", "半导体封装", "传感器", "工业软件", "激光芯片"),
    "高端纺织服装": ("功能面料", "毛绒玩具", "羊绒制品", "户外装备", "产业用布"),
    "海工装备和高技术船舶": ("船用阀门", "船舶配套", "锚泊设备", "海工平台构件", "推进装置"),
    "生物医药和新型医疗器械": ("医用导管", "诊断试剂", "医用敷料", "原料药", "康复器械"),
    "食品": ("调味食品", "乳制品", "速冻面点", "水产加工", "功能食品"),
    "航空": ("航空紧固件", "复材构件", "机载设备", "航空锻件", "无人机部件"),
}
WORDS = "锐进宏远嘉诚瑞科恒新博创立信扬帆润泽华阳天工启明精工凯达鼎盛安拓永丰智联德邦远航中锐金源海川森源盛和泰通"

# of a hundred enterprises, how many have got how far
LADDER: tuple[tuple[int, tuple[TitleLevel, ...]], ...] = (
    (22, ()),
    (26, (TitleLevel.INNOVATIVE,)),
    (12, (TitleLevel.INNOVATIVE, TitleLevel.TECH_SME)),
    (16, (TitleLevel.INNOVATIVE, TitleLevel.SPECIALISED_CITY)),
    (14, (TitleLevel.INNOVATIVE, TitleLevel.SPECIALISED)),
    (9, (TitleLevel.INNOVATIVE, TitleLevel.SPECIALISED, TitleLevel.LITTLE_GIANT)),
    (1, (TitleLevel.SPECIALISED, TitleLevel.LITTLE_GIANT, TitleLevel.SINGLE_CHAMPION)),
)
STRENGTH: Mapping[str, int] = {level.value: place for place, level in enumerate(TitleLevel, start=1)}


@dataclass(frozen=True)
class Invented:
    """One enterprise with all that is known of it."""

    enterprise: Enterprise
    years: Sequence[EnterpriseYear]
    titles: Sequence[Title]
    stay: LibraryStay | None


def invent(seed: int, count: int, on: date = ARRIVAL) -> Iterator[Invented]:
    """The first `count` enterprises of a seed as they stand on a day, each independent of how many follow."""
    return (_one(seed, number, on) for number in range(count))


def add(session: Session, firms: Iterator[Invented]) -> list[Enterprise]:
    """Keep them; the enterprises, in their order."""
    kept = []
    for firm in firms:
        session.add(firm.enterprise)
        session.flush()
        session.add_all([*firm.years, *firm.titles, *([firm.stay] if firm.stay else [])])
        kept.append(firm.enterprise)
    session.flush()
    return kept


def _one(seed: int, number: int, on: date) -> Invented:
    random = Random(f"{seed}:enterprise:{number}")
    held = _held(random)
    strength = STRENGTH[held[-1]] if held else 0
    locality_id = random.choices(list(LOCALITIES), [share for share, _ in LOCALITIES.values()])[0]
    chain = random.choice(list(PRODUCTS))
    product = random.choice(PRODUCTS[chain])
    code = with_check_character(f"91{LOCALITIES[locality_id][1]}MA{number:07d}"[:17])
    registered_on = date(random.randint(2004, 2018), random.randint(1, 12), random.randint(1, 28))
    name = f"扬州{_word(random)}{product}有限公司（演示）"
    enterprise = Enterprise(
        id=code,
        name=name,
        pinyin=pinyin_of(name),
        locality_id=locality_id,
        industry="industry",
        chain=chain,
        product=product,
        address=f"扬州市演示路{number + 1}号",
        registered_on=registered_on,
        contact_name=random.choice("陈李王张刘赵周吴徐孙") + random.choice(("晓岚", "文博", "海燕", "志强", "嘉宁")),
        contact_phone=f"139{random.randrange(10**8):08d}",
        profile=_profile(random, strength, on),
        is_demo=True,
        source=Source.DEPARTMENT.value,
        changed_at=clock.now(),
    )
    titles = [title for level in held if (title := _title(random, code, level, on)).announced_on < on]
    stay = _stay(random, enterprise, on) if random.random() < 0.45 + 0.09 * strength else None
    return Invented(enterprise, list(_years(random, enterprise, strength, on)), titles, stay)


def _held(random: Random) -> tuple[TitleLevel, ...]:
    return random.choices([levels for _, levels in LADDER], [share for share, _ in LADDER])[0]


def _word(random: Random) -> str:
    first = 2 * random.randrange(len(WORDS) // 2)
    second = 2 * random.randrange(len(WORDS) // 2)
    return WORDS[first : first + 2] + (WORDS[second : second + 2] if second != first else "")


def _years(random: Random, enterprise: Enterprise, strength: int, on: date) -> Iterator[EnterpriseYear]:
    revenue = Decimal(random.randint(900, 4000)) * (1 + strength)
    growth = Decimal(random.randint(-4, 18) + 2 * strength) / 100
    research = Decimal(random.randint(20, 60) + 8 * strength) / 1000
    own = random.randint(0, 2) + strength
    first = on.year - YEARS
    for year in range(first, on.year):
        revenue = _amount(revenue * (1 + growth + Decimal(random.randint(-30, 30)) / 1000))
        main = _amount(revenue * Decimal(random.randint(720, 960)) / 1000)
        staff = max(int(revenue / random.randint(38, 70)), 12)
        assets = _amount(revenue * Decimal(random.randint(90, 160)) / 100)
        figures = {
            "revenue_wan": str(revenue),
            "main_revenue_wan": str(main),
            "rd_wan": str(_amount(revenue * research)),
            "net_profit_wan": str(_amount(revenue * Decimal(random.randint(-20, 140)) / 1000)),
            "assets_wan": str(assets),
            "liabilities_wan": str(_amount(assets * Decimal(random.randint(25, 68)) / 100)),
            "staff": staff,
            "rd_staff": max(staff * random.randint(6, 24) // 100, 1),
            "equity_wan": str(_amount(Decimal(random.choice((0, 0, 0, 800, 2400))))),
            "tax_paid_wan": str(_amount(revenue * Decimal(random.randint(20, 55)) / 1000)),
            "invoiced_wan": str(_amount(revenue * Decimal("1.02"))),
            "segment_years": year - (enterprise.registered_on or date(year, 1, 1)).year,
            "market_share_pct": str(random.randint(2, 8) + 4 * strength),
            "digital_level": str(min(4, 1 + random.randint(0, 1) + strength // 3)),
            "rd_body": random.choice(("none", "below", "city"))
            if strength < 4
            else random.choice(("city", "provincial")),
            "class1_ip": own + year - first,
            "class1_own_ip": max(own + year - first - 1, 0),
            "class1_high_ip": 1 if strength >= 5 else 0,
            "class2_ip": random.randint(0, 12),
        }
        yield EnterpriseYear(
            enterprise_id=enterprise.id,
            year=year,
            figures=figures,
            as_of=date(year, 12, 31),
            source=Source.ENTERPRISE.value,
            recorded_at=clock.now(),
            recorded_by=RECORDED_BY,
        )


def _profile(random: Random, strength: int, on: date) -> dict[str, Any]:
    """What the rules ask beside the figures; the stronger a firm, the more of it."""
    field = ["strategic"] if random.random() < 0.5 else ["six_base"] if random.random() < 0.5 else ["other"]
    certificates = [{"kind": "quality_system", "valid_until": f"{on.year + 2}-12-31"}] if random.random() < 0.7 else []
    return {
        "field": field,
        "is_key_link": strength >= 4 or random.random() < 0.25,
        "serves_chain_leader": random.random() < 0.5,
        "own_brand": strength >= 3 or random.random() < 0.6,
        "core_information_system": strength >= 3 or random.random() < 0.5,
        "certificates": certificates,
        "honours": [{"kind": "high_tech", "valid_until": f"{on.year + 1}-11-30"}] if random.random() < 0.4 else [],
        "is_sme": True,
        "is_off_lists": True,
        "is_product_allowed": True,
        "is_free_of_accidents": True,
    }


def _title(random: Random, enterprise_id: str, level: TitleLevel, on: date) -> Title:
    """Announced in one of the two years before, the higher ones later; a title lasts three years."""
    first = date(on.year - 2, 3, 1) + timedelta(days=60 * STRENGTH[level])
    announced = first + timedelta(days=random.randrange(300))
    return Title(
        enterprise_id=enterprise_id,
        level=level.value,
        rule_version="cn-2022-63",
        announced_on=announced,
        from_on=announced,
        until_on=validity(announced),
        status="valid",
        is_renewal=False,
    )


def _stay(random: Random, enterprise: Enterprise, on: date) -> LibraryStay:
    years_before = random.choice((3, 2, 2, 1, 1, 1))
    entered = date(on.year - years_before, random.randint(2, 11), random.randint(1, 28))
    enterprise.library_since = entered
    return LibraryStay(
        enterprise_id=enterprise.id, locality_id=enterprise.locality_id, entered_on=entered, exit_reason=""
    )


def _amount(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
