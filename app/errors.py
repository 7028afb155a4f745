"""Every error a user may meet: raised low, translated once at each door, shown once.

The docstring is for us; `text` is the Chinese sentence on the screen, `code` the word that programs see.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class AppError(Exception):
    """Root of the tree. extra: what a program may want beside the text, plain JSON."""

    status = 500
    code = "fault"
    text = "没有提交成功，您填写的内容仍在。请稍后再试，或致电领导小组办公室。"

    def __init__(self, text: str | None = None, **extra: Any) -> None:
        self.text = text or type(self).text
        self.extra: Mapping[str, Any] = extra
        super().__init__(self.text)


class NotFound(AppError):
    """There is no such object, or it is not this person's to see: both answer alike."""

    status = 404
    code = "not_found"
    text = "没有找到这件事，可能已归档。"


class NotPermitted(AppError):
    """The person may see the object but not do this to it."""

    status = 403
    code = "not_permitted"
    text = "您无权办理此事项。"


class Quarantined(NotPermitted):
    """The search for viruses has not let the file through, or not yet."""

    code = "quarantined"
    text = "这个文件正在进行病毒检查，通过后即可查看，请稍后再试。"


class NotSignedIn(AppError):
    """A program came without a valid token."""

    status = 401
    code = "not_signed_in"
    text = "请先登录。"


class RuleViolation(AppError):
    """One field breaks a rule. field: dotted path into the form."""

    status = 422
    code = "invalid"

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        super().__init__(text, errors=[{"field": field, "text": text}])


class InvalidForm(AppError):
    """Several fields break rules; errors are (dotted path, Chinese sentence)."""

    status = 422
    code = "invalid"

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        self.errors = errors
        text = f"有 {len(errors)} 处需要修改后才能提交。"
        super().__init__(text, errors=[{"field": field, "text": text} for field, text in errors])


class BadRequest(AppError):
    """What came in cannot be read as what it should be."""

    status = 400
    code = "bad_request"
    text = "请求的内容无法识别。"


class Conflict(AppError):
    """Somebody else was first. extra: by, at."""

    status = 409
    code = "conflict"
    text = "该事项刚被他人更新，您填写的内容已保留。"


class AlreadyDone(Conflict):
    """The user task is completed. extra: by (name), at."""

    code = "already_completed"
    text = "这件事已办理。您填写的内容已保留，没有丢失。"


class Reassigned(Conflict):
    """The user task now lies with somebody else. extra: by (name)."""

    code = "reassigned"
    text = "这件事已由他人认领。您填写的内容已保留，没有丢失。"


class StaleProcess(Conflict):
    """The user task or process changed since the form was opened. extra: by, at, revision."""

    code = "stale"
    text = "这件事在您打开之后有变动。您的内容已保留，请核对后再提交。"


class MigrationRefused(Conflict):
    """The process cannot go on in the wanted version. extra: verdict, obstacles: {element_id, name, reason, text}."""

    code = "not_migratable"
    text = "这个流程不能迁移到所选版本。"


class MigrationSettled(Conflict):
    """A migration cannot be undone any more, or there is none."""

    code = "migration_settled"
    text = "迁移之后流程已有办理，不能撤回迁移。"


class KeyReused(Conflict):
    """The idempotency key was used before for something else."""

    code = "key_reused"
    text = "这次提交的编号已用于另一项内容，请刷新后再试。"


class Gone(AppError):
    """The user task or process was cancelled."""

    status = 410
    code = "cancelled"
    text = "这件事已作废，无需办理。"


class IncidentOpen(AppError):
    """The process is stopped by an incident until somebody repairs it."""

    status = 423
    code = "incident_open"
    text = "该流程出现故障，已通知领导小组办公室处理。您填写的内容已保留。"


class DatabaseAway(AppError):
    """The database cannot be reached; worth trying again."""

    status = 503
    code = "database_away"
    text = "系统正忙，内容已保留，请稍后再试。"


class AccessNotNoted(DatabaseAway):
    """What somebody wants to read is to be recorded first, and cannot be."""

    code = "access_not_noted"
    text = "查阅暂时无法登记，因此不能打开。请稍后再试；如一再出现，请联系系统管理员。"


class NotReady(AppError):
    """The database answers, but its tables are those of another version. extra: missing, revision, expected."""

    status = 503
    code = "not_ready"
    text = "系统正在升级，请稍后再试。"


class DiskFull(AppError):
    """Nothing can be written any more."""

    status = 507
    code = "disk_full"
    text = "存储空间已满，请联系系统管理员。您填写的内容仍在本页。"


class ProcessFault(AppError):
    """The model met something it did not provide for; an incident is kept. extra: definition, element_id, reference."""

    status = 202
    code = "incident"
    text = "已收到您填写的内容。流程运行出现故障，领导小组办公室处理后会自动继续，无需重新填写。"
