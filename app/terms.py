"""The closed lists of words that code, tables and screens share, each with its Chinese label."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A code word with its Chinese label; what is stored and what programs see is the code word."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


class Light(Word):
    GREEN = "green", "正常"
    YELLOW = "yellow", "临期"
    RED = "red", "逾期"
    BLUE = "blue", "办结"
    GREY = "grey", "待他人"


class TaskStatus(Word):
    """A user task. `open` and `claimed` still wait for a person."""

    OPEN = "open", "待认领"
    CLAIMED = "claimed", "在办"
    COMPLETED = "completed", "已办"
    CANCELLED = "cancelled", "已取消"


class InstanceStatus(Word):
    ACTIVE = "active", "办理中"
    COMPLETED = "completed", "已办结"
    CANCELLED = "cancelled", "已作废"


class DeploymentStatus(Word):
    """How far an upload of process definitions is."""

    PROPOSED = "proposed", "待审批"
    PUBLISHED = "published", "已发布"
    REJECTED = "rejected", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class RuleSetStatus(Word):
    """How far a version of recognition rules is."""

    DRAFT = "draft", "待审批"
    ACTIVE = "active", "已启用"
    REJECTED = "rejected", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class Role(Word):
    """What a person may be; contact and unit_head belong to a unit."""

    CONTACT = "contact", "联络员"
    UNIT_HEAD = "unit_head", "分管负责人"
    OFFICE = "office", "领导小组办公室"
    OFFICE_SIGNER = "office_signer", "办公室签发人"
    LEADER = "leader", "领导小组"
    AUDITOR = "auditor", "审计"
    SPECIALIST = "specialist", "服务专员"
    ENTERPRISE = "enterprise", "企业"
    EXPERT = "expert", "评审专家"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})  # 三员: one person, one of them


class EventType(Word):
    """What happened, one event each; the names of acts on user tasks follow the verbs of the inbox."""

    INSTANCE_STARTED = "instance_started", "启动"
    INSTANCE_CANCELLED = "instance_cancelled", "作废"
    INSTANCE_MIGRATED = "instance_migrated", "迁移到新版本"
    MIGRATION_UNDONE = "migration_undone", "撤回迁移"
    TASK_COMPLETED = "user_task_completed", "办理"
    TASK_CLAIMED = "user_task_claimed", "认领"
    TASK_UNCLAIMED = "user_task_unclaimed", "放回"
    TASK_URGED = "user_task_urged", "催办"
    TASK_REMINDED = "user_task_reminded", "提醒"
    TASK_COMMENTED = "user_task_commented", "补充意见"
    TASK_TRANSFERRED = "user_task_transferred", "转交承接单位"
    TASK_HANDED_OVER = "user_task_handed_over", "转办"
    TASK_DELEGATED = "user_task_delegated", "委派"
    TASK_HANDED_BACK = "user_task_handed_back", "交回委派"
    TASK_TAKEN_BACK = "user_task_taken_back", "收回委派"
    TASK_COPIED = "user_task_copied", "抄送"
    SIGNERS_ASKED = "signers_asked", "加签"
    SIGNERS_DISMISSED = "signers_dismissed", "减签"
    SIGNER_ADDED = "signer_added", "增加会签人"
    SIGNER_REMOVED = "signer_removed", "减去会签人"
    FORM_SEALED = "form_sealed", "报送会签"
    TASK_RETURNED = "user_task_returned", "退回"
    WITHDRAWN = "submission_withdrawn", "撤回"
    MESSAGE_DELIVERED = "message_delivered", "消息送达"
    TIMER_FIRED = "timer_fired", "时限到"
    TIMER_MOVED = "timer_moved", "调整期限"
    DUE_DATE_MOVED = "due_date_moved", "调整办理时限"
    FIGURE_RECORDED = "figure_recorded", "登记数据"
    BATCH_JOINED = "batch_joined", "并入复核批次"
    CASE_TAKEN_DOWN = "case_taken_down", "下架"
    CASE_CHOSEN = "case_chosen", "列入十佳"
    INCIDENT_RAISED = "incident_raised", "出现故障"
    INCIDENT_RETRIED = "incident_retried", "重新执行"
    INCIDENT_SKIPPED = "incident_skipped", "跳过故障"
    INCIDENT_REPAIRED = "incident_repaired", "按记录恢复"
    INCIDENT_ASSIGNED = "incident_assigned", "指定办理人"
    INCIDENT_SETTLED = "incident_settled", "故障消除"
    ADMINISTERED = "administered", "管理操作"
    ACCESSED = "accessed", "查阅"
    PLAN_LOADED = "plan_loaded", "载入计划"
    DEPLOYED = "definition_deployed", "发布流程"
    DEPLOYMENT_PROPOSED = "deployment_proposed", "提交流程版本"
    DEPLOYMENT_REJECTED = "deployment_rejected", "退回流程版本"
    DEPLOYMENT_WITHDRAWN = "deployment_withdrawn", "撤回流程版本"


class IncidentKind(Word):
    """What was stopped: a step by the model, a task by nobody being there, a timer or an effect after its last try."""

    FAULT = "fault", "流程故障"
    NO_CANDIDATE = "no_candidate", "无人可办"
    TIMER = "timer", "时限未能触发"
    EFFECT = "effect", "消息未能送达"
    STUCK = "stuck", "流程停滞"


class IncidentStatus(Word):
    OPEN = "open", "待处理"
    RESOLVED = "resolved", "已处理"


class Resolution(Word):
    """How an incident ended."""

    RETRIED = "retried", "已重新执行"
    SKIPPED = "skipped", "已跳过"
    ASSIGNED = "assigned", "已指定办理人"
    CANCELLED = "cancelled", "流程已作废"
    GONE = "gone", "已自行消除"


class Act(Word):
    """What was done to accounts and units: the `act` of an administration event's payload."""

    SIGNED_IN = "sign_in", "登录"
    SIGN_IN_REFUSED = "sign_in_refused", "登录未通过"
    SIGNED_OUT = "sign_out", "退出登录"
    PERSON_ADDED = "person_added", "新增人员"
    ROLES_SET = "roles_set", "调整角色"
    PERSON_LOCKED = "person_locked", "停用账号"
    PERSON_UNLOCKED = "person_unlocked", "启用账号"
    PASSWORD_CHANGED = "password_changed", "修改密码"
    PASSWORD_RESET = "password_reset", "重置密码"
    SESSIONS_ENDED = "sessions_ended", "结束登录"
    SUBSTITUTION_SET = "substitution_set", "设置请假代理"
    SUBSTITUTION_REMOVED = "substitution_removed", "取消请假代理"
    TOKEN_CREATED = "token_created", "新建接口令牌"
    TOKEN_REVOKED = "token_revoked", "撤销接口令牌"
    UNIT_RENAMED = "unit_renamed", "单位更名"
    UNIT_MERGED = "unit_merged", "单位撤并"
    UNIT_FUNCTIONS_SET = "unit_functions_set", "调整单位职能"
    RULES_PROPOSED = "rules_proposed", "提交认定标准"
    RULES_APPROVED = "rules_approved", "启用认定标准"
    RULES_REJECTED = "rules_rejected", "退回认定标准"
    RULES_WITHDRAWN = "rules_withdrawn", "撤回认定标准"
    LIGHT_RULES_PROPOSED = "light_rules_proposed", "提交灯色和提醒规则"
    LIGHT_RULES_APPROVED = "light_rules_approved", "启用灯色和提醒规则"
    LIGHT_RULES_REJECTED = "light_rules_rejected", "退回灯色和提醒规则"
    LIGHT_RULES_WITHDRAWN = "light_rules_withdrawn", "撤回灯色和提醒规则"
    POLICY_ENTERED = "policy_entered", "录入政策"
    POLICY_CHANGED = "policy_changed", "修改政策"
    POLICY_CHECKED = "policy_checked", "核对政策"
    POLICY_REPEALED = "policy_repealed", "废止政策"
    BULLETIN_SENT = "bulletin_sent", "送签通报"
    BULLETIN_SIGNED = "bulletin_signed", "签发通报"
    BULLETIN_RETURNED = "bulletin_returned", "退回通报"
    BULLETIN_DROPPED = "bulletin_dropped", "作废通报"
    RESOURCE_SAVED = "resource_saved", "登记服务资源"
    RESOURCE_ENDED = "resource_ended", "停用服务资源"
    ENTERPRISES_IMPORTED = "enterprises_imported", "导入企业"
    ENTERPRISES_EXPORTED = "enterprises_exported", "导出企业"
    CLOCK_CONFIRMED = "clock_confirmed", "确认系统时钟"
    BACKED_UP = "backed_up", "备份数据"
    RESTORED = "restored", "恢复数据"
    WITNESS_ADDED = "witness_added", "登记见证方"
    WITNESS_RETIRED = "witness_retired", "停用见证方"
    FINDING_EXPLAINED = "finding_explained", "说明核查发现"
    FINDING_SETTLED = "finding_settled", "认可核查说明"
    FINDING_RETURNED = "finding_returned", "退回核查说明"
    LOG_BEGUN = "log_begun", "另起日志"
    ERASURE_PROPOSED = "erasure_proposed", "提交依法删除"
    ERASED = "erased", "依法删除内容"
    ERASURE_REJECTED = "erasure_rejected", "不予删除"
    ERASURE_WITHDRAWN = "erasure_withdrawn", "撤回依法删除"


class Access(Word):
    """What somebody who reads everything has looked at: the `access` of an access event's payload."""

    SEARCHED = "searched", "检索"
    HISTORY_OPENED = "history_opened", "打开流程历史"
    FORM_SHOWN = "form_shown", "查看当时的表单"
    VERIFIED = "verified", "封存校验"
    ANALYSED = "analysed", "查看流程分析"
    LOG_EXPORTED = "log_exported", "导出事件日志"
    BUNDLE_EXPORTED = "bundle_exported", "导出证据包"
    DOSSIER_TAKEN = "dossier_taken", "导出案卷"
    LINES_EXPORTED = "lines_exported", "导出检索结果"
    FILE_TAKEN = "file_taken", "查看附件"
    ADMINISTRATION_SHOWN = "administration_shown", "查看管理记录"
    ACCESSES_SHOWN = "accesses_shown", "查看查阅记录"


class Severity(Word):
    """How much a rule weighs; of drawings, only what is high refuses one."""

    HIGH = "high", "严重"
    MIDDLE = "middle", "一般"
    LOW = "low", "轻微"


class FindingStatus(Word):
    """How far a finding of a rule check is."""

    OPEN = "open", "待说明"
    EXPLAINED = "explained", "已说明"
    SETTLED = "settled", "已认可"


class ClockFault(Word):
    """How the clock of a machine was found to be wrong."""

    FORWARD = "forward", "向前跳"
    BACK = "back", "向后跳"
    SERVER = "server", "与数据库服务器不一致"


class Progress(Word):
    """How far one unit or item of a campaign is, from its own point of view."""

    UNREAD = "sent", "未阅"
    READ = "read", "已阅"
    DRAFTED = "drafted", "起草中"
    RETURNED = "returned", "退回补正"
    SIGNED = "signed", "已签发"
    ACCEPTED = "accepted", "已接受"
    EXCUSED = "excused", "免报"


class Nature(Word):
    """Whether a figure is final."""

    ACTUAL = "actual", "实际"
    EXPECTED = "expected", "预计"


class Source(Word):
    """Where a figure comes from."""

    LEDGER = "ledger", "台账自动计数"
    SYSTEM = "system", "业务系统"
    STATISTICS = "statistics", "统计部门"
    ENTERPRISE = "enterprise", "企业年报"
    DEPARTMENT = "department", "部门台账"


class TitleLevel(Word):
    """Titles of the ladder, from its foot to its top."""

    INNOVATIVE = "innovative", "创新型中小企业"
    TECH_SME = "tech_sme", "科技型中小企业"
    SPECIALISED_CITY = "specialised_city", "市级专精特新中小企业"
    SPECIALISED = "specialised", "专精特新中小企业"
    LITTLE_GIANT = "little_giant", "专精特新“小巨人”企业"
    SINGLE_CHAMPION = "single_champion", "制造业单项冠军企业"


class TitleStatus(Word):
    """pending: its days are over, and re-verification is not decided yet."""

    VALID = "valid", "有效"
    PENDING = "pending", "待复核"
    ENDED = "ended", "已届满"
    REVOKED = "revoked", "已取消"


class EnterpriseState(Word):
    ACTIVE = "active", "正常"
    STOPPED = "stopped", "停产"
    DEREGISTERED = "deregistered", "注销"
    MOVED_OUT = "moved_out", "迁出"
    LARGE = "large", "升为大型企业"
    MERGED = "merged", "已并入其他企业"


class PolicyLevel(Word):
    NATIONAL = "national", "国家级"
    PROVINCIAL = "provincial", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"


class PolicyKind(Word):
    FUNDS = "funds", "资金"
    TAX = "tax", "税费"
    FINANCE = "finance", "金融"
    TALENT = "talent", "人才"
    LAND = "land", "用地"
    TECHNOLOGY = "technology", "技术"
    MARKET = "market", "市场"
    OTHER = "other", "其他"


class ResourceKind(Word):
    """Services of the toolbox."""

    FINANCING = "financing", "融资服务"
    DIGITAL = "digital", "数字化转型"
    TECHNOLOGY = "technology", "技术检测"
    TALENT = "talent", "人才培训"
    MARKET = "market", "市场开拓"
    LAW = "law", "法律知识产权"
    MANAGEMENT = "management", "管理咨询"
    OTHER = "other", "其他"


class PackageState(Word):
    """none: the specialist kept nothing of it."""

    PREPARED = "prepared", "待推送"
    SENT = "sent", "已推送"
    READ = "read", "已阅"
    UNREAD = "unread", "未阅读"
    NONE = "none", "未推送"
    WITHDRAWN = "withdrawn", "已撤回"


class ImportStatus(Word):
    """How far a file with enterprises is. stale: the library changed between the check and the confirmation."""

    UPLOADED = "uploaded", "待核对"
    CHECKING = "checking", "核对中"
    CHECKED = "checked", "待确认"
    REFUSED = "refused", "未通过"
    STALE = "stale", "须重新核对"
    CONFIRMED = "confirmed", "待导入"
    RUNNING = "running", "导入中"
    DONE = "done", "已导入"
    WITHDRAWN = "withdrawn", "已放弃"


class ImportKind(Word):
    """What a row of such a file would do."""

    NEW = "new", "新增"
    CHANGED = "changed", "变更"
    UNCHANGED = "unchanged", "无变化"
    WRONG = "wrong", "有误"


class Scan(Word):
    """What the search for viruses found in a file. Only `waiting` and `infected` keep it from its readers."""

    NONE = "none", "未检查"
    WAITING = "waiting", "检查中"
    CLEAN = "clean", "未发现病毒"
    INFECTED = "infected", "未通过检查"


class Function(Word):
    """What a unit does for the others in matters of enterprises; see models.organization.UnitFunction."""

    RECOGNITION = "recognition", "认定主管部门"
    RECOGNITION_TECH = "recognition.tech_sme", "科技型中小企业认定"
    CHECK_ENVIRONMENT = "check.environment", "联审：环境"
    CHECK_SAFETY = "check.safety", "联审：安全"
    CHECK_TAX = "check.tax", "联审：税务"
    CHECK_MARKET = "check.market", "联审：市场监管"
    CHECK_CREDIT = "check.credit", "联审：信用"
    FINANCING = "financing", "选派融资服务专员"
    LISTING = "listing", "选派上市服务专员"
    GROWTH_LEAD = "growth.lead", "高成长企业遴选牵头"
    GROWTH_CO = "growth.co", "高成长企业遴选参与"


class ErasureGround(Word):
    """On what ground the content of a record is erased; the articles are those of 《个人信息保护法》."""

    PURPOSE = "purpose", "处理目的已实现、无法实现或者不再必要（个人信息保护法第四十七条第一项）"
    EXPIRED = "expired", "保存期限已届满（个人信息保护法第四十七条第二项）"
    CONSENT = "consent", "个人撤回同意（个人信息保护法第四十七条第三项）"
    UNLAWFUL = "unlawful", "违反法律、行政法规或者约定处理（个人信息保护法第四十七条第四项）"
    ORDERED = "ordered", "法院、监管部门依法责令删除"


class ErasureStatus(Word):
    PROPOSED = "proposed", "待审批"
    DONE = "done", "已删除"
    REJECTED = "rejected", "不予删除"
    WITHDRAWN = "withdrawn", "已撤回"
