"""Each Chinese lane name stands once, here, with the key of the candidate group that works in it."""

from __future__ import annotations

LANES = {
    "领导小组办公室": "office",
    "办公室签发人": "office_signer",
    "领导小组": "leader",
    "承办单位联络员": "unit_contact",
    "承办单位分管负责人": "unit_head",
    "牵头单位联络员": "lead_contact",
    "牵头单位分管负责人": "lead_head",
    "责任单位联络员": "co_contact",
    "属地联络员": "locality_contact",
    "属地分管负责人": "locality_head",
    "认定主管部门": "bureau",
    "认定主管部门负责人": "bureau_head",
    "联审部门": "check_contact",
    "评审专家": "expert",
    "企业": "enterprise",
    "服务专员": "specialist",
    "会签人": "signer",
}
