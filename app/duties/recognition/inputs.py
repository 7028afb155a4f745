"""What the recognition rules may ask of an enterprise: key, Chinese label, unit, kind, and the words that may be given.

kind: number, whole, word, words, yes; records: a list of mappings with `kind` and, where it has them, `granted_on`,
`valid_until`, `rank`, `role`; titles: a list of mappings with `level`, `from_on`, `until_on`. place: `year` lies in the
row of a closed year, `profile` belongs to no year. A judgement of a reviewer is a `yes` of the profile as well. A
year's inputs are the figures of the enterprise's file and a few that only some titles ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.duties.enterprise_figures import FIGURES, Figure

InputKind = Literal["number", "whole", "word", "words", "yes", "records", "titles"]


@dataclass(frozen=True)
class Input:
    """One input. options: code word -> Chinese label, for word, words and the kinds of records."""

    key: str
    label: str
    unit: str
    kind: InputKind
    place: Literal["year", "profile"] = "profile"
    options: Mapping[str, str] = field(default_factory=dict)
    may_be_negative: bool = False


FIELDS = {
    "strategic": "战略性新兴产业",
    "six_base": "工业“六基”领域",
    "ten_fields": "制造强国战略十大重点产业领域",
    "network": "信息基础设施、关键核心技术、网络安全、数据安全领域",
    "other": "其他领域",
}
HONOURS = {
    "national_science_award": "国家级科技奖励",
    "provincial_science_award": "省级科技奖励",
    "ministry_science_award": "部级科技奖励",
    "high_tech": "高新技术企业",
    "innovation_demonstration": "国家级技术创新示范企业",
    "ip_advantage": "知识产权优势企业",
    "ip_demonstration": "知识产权示范企业",
    "maker_china": "“创客中国”大赛企业组全国名次",
    "quality_award": "省级以上质量奖",
    "old_brand": "中华老字号",
}
CERTIFICATES = {
    "quality_system": "质量管理体系认证（ISO9001等）",
    "management_system": "其他管理体系认证",
    "overseas_product": "发达国家和地区产品认证",
}
STANDARDS = {
    "international": "国际标准",
    "national": "国家标准",
    "industry": "行业标准",
    "local": "地方标准",
    "group": "团体标准",
    "enterprise": "企业标准",
}
ROLES = {"led": "主导制定", "joined": "参与制修订"}


_FURTHER = (
    Figure("cost_wan", "成本费用支出总额", "amount", "万元", is_sensitive=True),
    Figure("tech_staff", "科技人员", "count", "人"),
    Figure("world_rank", "单项产品市场占有率全球排名", "count", "名"),
)
_KINDS: Mapping[str, InputKind] = {"count": "whole", "years": "whole", "word": "word"}

_PROFILE = (
    Input("field", "主导产品所属领域", "", "words", options=FIELDS),
    Input("is_key_link", "在产业链关键环节“补短板”“锻长板”“填空白”", "", "yes"),
    Input("serves_chain_leader", "主导产品服务关键产业链重点龙头企业", "", "yes"),
    Input("own_brand", "拥有直接面向市场的自主品牌", "", "yes"),
    Input("core_information_system", "至少1项核心业务采用信息系统支撑", "", "yes"),
    Input("joint_rd_body", "与高等院校、科研机构联合建立研发机构", "", "yes"),
    Input("is_new_product", "属于新产品", "", "yes"),
    Input("honours", "奖项和荣誉", "", "records", options=HONOURS),
    Input("certificates", "认证证书", "", "records", options=CERTIFICATES),
    Input("standards", "制修订标准", "", "records", options=STANDARDS),
    Input("titles", "已取得的称号", "", "titles"),
    Input("local_points", "地方特色指标得分", "分", "whole"),
    Input("local_points_2", "地方特色指标二得分", "分", "whole"),
    Input("local_points_3", "地方特色指标三得分", "分", "whole"),
    Input("is_sme", "境内注册的法人，符合中小企业划型标准", "", "yes"),
    Input("is_legal_person", "境内注册的独立法人", "", "yes"),
    Input("is_off_lists", "未列入经营异常名录和严重失信主体名单", "", "yes"),
    Input("is_product_allowed", "产品和服务不属于禁止、限制或淘汰类", "", "yes"),
    Input("is_free_of_accidents", "近三年无重大事故和违法行为", "", "yes"),
    Input("is_known_in_market", "主导产品市场占有率较高、有一定知名度", "", "yes"),
    Input("is_not_related", "与“小巨人”企业无控制关系，非同集团同类产品", "", "yes"),
    Input("is_technology_leading", "生产技术国际先进，能耗达到先进值", "", "yes"),
    Input("is_innovation_leading", "有高水平研发机构和核心知识产权", "", "yes"),
)


def _of_figure(figure: Figure) -> Input:
    kind = _KINDS.get(figure.kind, "number")
    return Input(figure.key, figure.label, figure.unit, kind, "year", figure.words or {}, figure.may_be_negative)


INPUTS: Mapping[str, Input] = {each.key: each for each in (*map(_of_figure, (*FIGURES.values(), *_FURTHER)), *_PROFILE)}
