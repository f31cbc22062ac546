"""The stages of an order, whose turn it is, and who may move it from where to where."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.people.states import Role
from wapicert.transitions import step


class Stage(models.TextChoices):
    """Where an order stands."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    RETURNED = "returned", _("待补正")
    DECLINED = "declined", _("不予受理")
    ACCEPTED = "accepted", _("已受理")
    TESTING = "testing", _("测试中")
    COMPLETE = "complete", _("测试完成")
    REPORTING = "reporting", _("报告编制")
    DECIDED = "decided", _("已决定")
    CLOSED = "closed", _("已结束")
    ON_HOLD = "on_hold", _("暂停中")
    CANCELLED = "cancelled", _("已取消")


class DutyRule(models.TextChoices):
    """Separations of duty that a small laboratory may be excepted from; the others know no exception."""

    S1 = "S1", _("校核人 ≠ 记录人")
    S2 = "S2", _("签字人 ≠ 记录人")


class Party(models.TextChoices):
    """Whose turn it is."""

    VENDOR = "vendor", _("送测单位")
    INTAKE = "intake", _("受理")
    LABORATORY = "laboratory", _("实验室")
    SIGNATORY = "signatory", _("授权签字人")
    DECISION = "decision", _("评定与决定")
    NOBODY = "nobody", _("无")


class Inclusion(models.TextChoices):
    """Whether an item is in an order's plan."""

    IN = "in", _("列入")
    OPTIONAL = "optional", _("可选，未选")
    OUT = "out", _("不列入")


class PlanReason(models.TextChoices):
    """The rule that decided on an item."""

    MANDATORY = "mandatory", _("该设备类型必测")
    FEATURE_DECLARED = "feature_declared", _("已声明相关功能")
    FEATURE_NOT_DECLARED = "feature_not_declared", _("未声明相关功能")
    CHOSEN = "chosen", _("申请方选测")
    NOT_CHOSEN = "not_chosen", _("申请方未选测")
    CHILD_IN_PLAN = "child_in_plan", _("有子项列入")
    NO_CHILD_IN_PLAN = "no_child_in_plan", _("没有子项列入")
    NOT_FOR_TYPE = "not_for_type", _("不适用于该设备类型")
    NOT_IN_EDITION = "not_in_edition", _("换版后的版本中没有此项")


class PlanChangeKind(models.TextChoices):
    """What becomes of an item of a plan in another edition."""

    KEPT = "kept", _("保留")
    CHANGED = "changed", _("有变化，须重测")
    NEW = "new", _("新增")
    REMOVED = "removed", _("不再列入")


class RebaseState(models.TextChoices):
    """How far a contract amendment to another edition is."""

    PROPOSED = "proposed", _("待送测单位同意")
    CONSENTED = "consented", _("已同意")
    REFUSED = "refused", _("未同意")


# The stages in the order in which a stepper shows them.
STEPPER = [Stage.DRAFT, Stage.SUBMITTED, Stage.ACCEPTED, Stage.TESTING, Stage.COMPLETE, Stage.REPORTING, Stage.DECIDED,
           Stage.CLOSED]
ENDED = frozenset({Stage.DECLINED, Stage.CLOSED, Stage.CANCELLED})
# An order that is decided can only be closed; before that it can be held or cancelled.
OPEN = frozenset({Stage.SUBMITTED, Stage.RETURNED, Stage.ACCEPTED, Stage.TESTING, Stage.COMPLETE, Stage.REPORTING})
# A report may have been issued: results are thrown out without a change of stage, since reports are flagged instead.
REPORTED = frozenset({Stage.REPORTING, Stage.DECIDED, Stage.CLOSED})
# Before acceptance the applicant may withdraw alone; afterwards intake cancels.
APPLICANT_CANCELS = frozenset({Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED})
# Stages in which an upper topic (a rework, a report) may say whose turn it is; elsewhere the stage itself says so.
TURN_MOVES = frozenset({Stage.TESTING, Stage.COMPLETE, Stage.REPORTING})

TRANSITIONS = {
    "change": step([Stage.DRAFT, Stage.RETURNED], None, Role.VU),
    "submit": step([Stage.DRAFT, Stage.RETURNED], Stage.SUBMITTED, Role.VU),
    "return": step([Stage.SUBMITTED], Stage.RETURNED, Role.IN),
    "decline": step([Stage.SUBMITTED], Stage.DECLINED, Role.IN),
    "accept": step([Stage.SUBMITTED], Stage.ACCEPTED, Role.IN),
    "receive_sample": step([Stage.ACCEPTED, Stage.TESTING], Stage.TESTING, Role.IN),
    "complete": step([Stage.TESTING], Stage.COMPLETE),
    "reopen_testing": step([Stage.COMPLETE], Stage.TESTING),
    "start_reporting": step([Stage.COMPLETE, Stage.REPORTING], Stage.REPORTING),
    "leave_reporting": step([Stage.REPORTING], Stage.COMPLETE),
    "record_decision": step([Stage.REPORTING], Stage.DECIDED),
    "reopen_decision": step([Stage.DECIDED, Stage.CLOSED], Stage.REPORTING),
    "start_amendment": step([Stage.REPORTING, Stage.DECIDED, Stage.CLOSED], Stage.COMPLETE),
    "end_amendment": step([Stage.REPORTING], None),
    "hold": step(OPEN, Stage.ON_HOLD, Role.IN),
    "resume": step([Stage.ON_HOLD], None, Role.IN),
    "cancel": step(OPEN | {Stage.DRAFT, Stage.ON_HOLD}, Stage.CANCELLED, Role.IN, Role.VU),
    "close": step([Stage.DECIDED], Stage.CLOSED, Role.IN),
}
# Whose turn a stage is, unless an open rework says otherwise.
TURN = {
    Stage.DRAFT: Party.VENDOR,
    Stage.SUBMITTED: Party.INTAKE,
    Stage.RETURNED: Party.VENDOR,
    Stage.DECLINED: Party.NOBODY,
    Stage.ACCEPTED: Party.VENDOR,  # to send the sample
    Stage.TESTING: Party.LABORATORY,
    Stage.COMPLETE: Party.LABORATORY,
    Stage.REPORTING: Party.LABORATORY,
    Stage.DECIDED: Party.INTAKE,
    Stage.CLOSED: Party.NOBODY,
    Stage.ON_HOLD: Party.INTAKE,
    Stage.CANCELLED: Party.NOBODY,
}

# The points of the review of a request (ISO/IEC 17025, 7.1.1); all must hold before an order is accepted.
REVIEW = {
    "papers": _("资料齐全，与产品一致"),
    "scope": _("要求明确，测试项适用"),
    "capability": _("实验室具备能力与资源"),
    "impartiality": _("无影响公正性的利益关系"),
    "agreement": _("委托协议已确认"),
}
# What an order's own copy holds, as a refusal names it; parameters bear the names of the catalogue.
SUBMITTED_FIELDS = {
    "device.name_zh": _("产品名称"), "device.name_en": _("产品英文名称"), "device.model": _("产品型号"),
    "device.manufacturer": _("制造商"), "device.factory": _("生产厂及地址"), "device.predecessor": _("前一产品"),
    "hardware": _("硬件版本"), "firmware": _("软件/固件版本"), "chosen": _("可选测试项"),
    "company.name_zh": _("企业名称"), "company.name_en": _("企业英文名称"), "company.uscc": _("统一社会信用代码"),
    "company.foreign_identifier": _("其他注册标识"), "company.address_zh": _("地址"),
    "company.address_en": _("英文地址"),
}
# Days after which a stage counts as overdue. A proposal, until the alliance sets its own.
EXPECTED_DAYS = {
    Stage.SUBMITTED: 5,
    Stage.RETURNED: 20,
    Stage.ACCEPTED: 20,
    Stage.TESTING: 30,
    Stage.COMPLETE: 5,
    Stage.REPORTING: 10,
    Stage.DECIDED: 20,
}
# How results become a statement of conformity. Frozen with the order and printed in its report, so it is kept in
# both languages rather than translated; a change of the words is a new code.
DECISION_RULE = {
    "code": "2026-12",
    "zh": "列入计划的必测项与适用的有条件项均无“未通过”，也没有缺项，判为符合；整改后仍未通过的项目判为不符合；"
          "“未测”与“受阻”的项目即为缺项，不论由谁批准；经送测单位接受并经质量负责人批准的“豁免”和“不适用”不作缺项，"
          "在结论旁列出；没有任何测试结果的，不判为符合；可选项列出但不计入判定；“无法判定”不是结果，须重测。",
    "en": "The device conforms when no mandatory and no applicable conditional item of the plan failed and none lacks "
          "its result. An item that still fails after its rework was closed means that the device does not conform. An "
          "item that was not tested or was blocked lacks its result, whoever approved that. A waiver, accepted by the "
          "customer and approved by the quality manager, and an item that is not applicable do not; they are told "
          "beside the conclusion. Without any result there is no conformity. Optional items are printed and not "
          "counted. Inconclusive is not a result: the item is repeated.",
}
