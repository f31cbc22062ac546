"""Refusals that concern suites and their editions."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class SuiteInvalid(InvalidInput):
    """The data of a suite contradicts itself; `rows` names item, field and fault."""

    code = "suite_invalid"
    message = _("测试项目数据有误，未作任何更改。")
    remedy = _("请按逐行列出的原因修改后重新导入。")


class EditionFrozen(Conflict):
    """A published edition says for ever what it said; `rows` names what differs."""

    code = "edition_frozen"
    message = _("该版本已发布，内容不可更改。")
    remedy = _("请恢复原内容，或以新的标识另建一个版本。")


class EditionEmpty(Conflict):
    """An edition without items is no edition."""

    code = "edition_empty"
    message = _("该版本没有测试项，不能批准。")
    remedy = _("请先导入测试项。")


class EditionChanged(Conflict):
    """The items are no longer those that were approved."""

    code = "edition_changed"
    message = _("批准之后内容有变动，不能发布。")
    remedy = _("请重新批准后再发布。")


class DatesOutOfOrder(InvalidInput):
    """An edition counts from a day on which it is available."""

    code = "dates_out_of_order"
    message = _("强制执行日期早于可用日期。")
    remedy = _("请更正两个日期的先后。")


class NoEditionInForce(Conflict):
    """Nothing can be applied for as long as no mandatory edition is published."""

    code = "no_edition_in_force"
    message = _("目前没有已发布并执行的测试项目版本。")
    remedy = _("请联系联盟秘书处；版本发布后即可申请。")


class NotSuiteApprover(Forbidden):
    """Only 测试项目批准人 (SA) approve, publish and retire editions."""

    code = "not_suite_approver"
    message = _("只有测试项目批准人可以批准、发布或停用版本。")
    remedy = _("请联系测试项目批准人。")


class NotSuiteEditor(Forbidden):
    """Only 测试项目编辑 (SE) edit drafts."""

    code = "not_suite_editor"
    message = _("只有测试项目编辑可以修改草稿。")
    remedy = _("请联系测试项目编辑。")


class OwnDraft(Forbidden):
    """S5: whoever edited a draft does not approve it."""

    code = "own_draft"
    message = _("您编辑过这份草稿，不能由您批准。")
    remedy = _("请由另一位测试项目批准人批准。")


class ReasonMissing(InvalidInput):
    """An edition is retired for a reason that stays readable."""

    code = "reason_missing"
    message = _("请填写原因。")
    remedy = _("原因将记入历史。")


class ItemFilterInvalid(InvalidInput):
    """A list of items was asked for a device type or category that does not exist."""

    code = "filter_invalid"
    message = _("筛选值不正确。")
    remedy = _("请从列出的取值中选择。")
