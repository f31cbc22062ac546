"""Refusals that concern suites and their editions."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput, Stale


class SuiteInvalid(InvalidInput):
    """The data of a suite contradicts itself; `rows` names item, field and fault."""

    code = "suite_invalid"
    message = _("测试项目数据有误，未作任何更改。")
    remedy = _("请按逐行列出的原因修改后重新导入。")


class SuiteSheetHeadWrong(InvalidInput):
    """The first row of a sheet lacks a column or has one that means nothing."""

    code = "sheet_head_wrong"
    message = _("首行有无法识别、重复或缺少的列：%(columns)s。")
    remedy = _("请先导出本表，按其首行的列名填写。")


class SheetWithoutItems(InvalidInput):
    """A head and nothing below."""

    code = "sheet_empty"
    message = _("文件中没有任何测试项。")
    remedy = _("请至少填写一项。")


class SheetNotReady(Conflict):
    """Saving or giving up a file that is not in the state for it, or that somebody else brought."""

    code = "sheet_not_ready"
    message = _("该文件现在不能由您保存或放弃。")
    remedy = _("只有上传人可以保存核对无误的文件；请刷新页面查看其状态。")


class DraftStale(Stale):
    """Somebody else changed the same part of the draft; `extra` names who and when."""

    code = "draft_stale"
    message = _("您打开之后，%(who)s 已改动此处，未保存您的改动。")
    remedy = _("请核对下面现有的内容，再改一次。")


class SlugTaken(InvalidInput):
    """Two editions of one name, or a name that no address can bear."""

    code = "slug_taken"
    message = _("该标识已有其他版本使用，或不是小写字母、数字和连字符。")
    remedy = _("请另取一个标识，例如 2026-09。")


class SuccessorInvalid(InvalidInput):
    """What takes an edition's place must be published, and be another."""

    code = "successor_invalid"
    message = _("接替的版本须是另一个已发布的版本。")
    remedy = _("请先发布接替的版本，或留空。")


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


class DayPassed(InvalidInput):
    """An edition does not end in the past."""

    code = "day_passed"
    message = _("停用日期已过去。")
    remedy = _("请填写今天或以后的日期；留空即自今天起。")


class LastInForce(Conflict):
    """Who ends the last edition that applications are for says that this is meant."""

    code = "last_edition_in_force"
    message = _("停用后将没有新申请可采用的版本：没有其他已发布、以其为准且届时生效的版本。")
    remedy = _("请先发布以其为准的接替版本，或把停用日期定在其生效之后；确须如此的，请勾选确认。")


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


class EditionStale(Stale):
    """The edition is no longer what its approver read."""

    code = "stale"
    message = _("您阅读之后，该版本已有改动。")
    remedy = _("请刷新页面，重新阅读内容与日期后再操作。")


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
