"""What to draw instead of an element that is not accepted, each once, in English and in Chinese."""

from __future__ import annotations

_SERVICE = ("draw a service task", "请改用服务任务。")
_DUE_RULE = ("write a timeDate that names a due rule", "请改用 timeDate，并写明到期规则的名称。")
_BOX = ("draw a sub-process", "请改用子流程。")
_UNDO = ("draw the undoing as steps of its own", "请把撤销画成单独的环节。")
_OPERATOR = ("write the id of an operator", "请写明操作编号。")
_DUTY_KEY = ("the duty's rule gives the key", "关联键由职责规则给出，无需在图中写明。")
_BEGUN_BY_US = ("begin with a plain start; openings start it on its day", "请用普通开始事件，到期由系统启动。")
ADVICE = {
    "startEvent timer": _BEGUN_BY_US,
    "startEvent signal": _BEGUN_BY_US,
    "startEvent conditional": _BEGUN_BY_US,
    "task": ("draw a user task or a service task", "请明确画成用户任务或服务任务。"),
    "scriptTask": _SERVICE,
    "preScript": _SERVICE,
    "postScript": _SERVICE,
    "complexGateway": ("draw exclusive or inclusive gateways", "请改用排他网关或包容网关。"),
    "timeDuration": _DUE_RULE,
    "timeCycle": _DUE_RULE,
    "standardLoopCharacteristics": ("draw the loop with an exclusive gateway", "请用排他网关画出循环。"),
    "loopCardinality": ("name a collection in loopDataInputRef", "请用 loopDataInputRef 指明集合。"),
    "transaction": _BOX,
    "adHocSubProcess": _BOX,
    "conditionalEventDefinition": ("draw a gateway behind the step that decides", "请在作出判断的环节之后画网关。"),
    "compensateEventDefinition": _UNDO,
    "cancelEventDefinition": _UNDO,
    "linkEventDefinition": ("draw the flow itself", "请直接画出顺序流。"),
    "eventDefinitionRef": ("define it within the event", "请在事件内直接定义。"),
    "calledDecisionId": _OPERATOR,
    "assignment": ("let a service task set the value", "请由服务任务给出该值。"),
    "transformation": ("let a service task set the value", "请由服务任务给出该值。"),
    "childLaneSet": ("draw lanes on one level", "泳道只画一层。"),
    "correlationKey": _DUTY_KEY,
    "correlationProperty": _DUTY_KEY,
    "correlationSubscription": _DUTY_KEY,
    "processVariableCorrelation": _DUTY_KEY,
}
