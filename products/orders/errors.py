"""Refusals that concern orders: what is missing, what does not fit, who may not, and what stands in the way."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput, Stale


class NotPermitted(Forbidden):
    """The person holds no role that may do this; the message of the verb says which roles may."""

    code = "forbidden"
    message = _("您没有执行此操作的权限。")
    remedy = _("请联系有权限的人员办理。")


class OtherCompany(Forbidden):
    """Users of a company act on their own company's devices and orders only."""

    code = "other_company"
    message = _("只能办理本单位的委托。")
    remedy = _("请由该委托的送测单位用户办理。")


class CancelNeedsIntake(Forbidden):
    """After acceptance the applicant asks, and intake cancels."""

    code = "cancel_needs_intake"
    message = _("委托受理后，送测单位不能自行取消。")
    remedy = _("请联系受理人员，由其记录原因后取消。")


class DraftIsTheApplicants(Forbidden):
    """A draft belongs to the applicant until it is submitted."""

    code = "draft_is_the_applicants"
    message = _("草稿尚未提交，只能由送测单位处理。")
    remedy = _("请等待送测单位提交。")


class StaleOrder(Stale):
    """Somebody else saved in between; message and `extra` say what stands now."""

    code = "stale"
    remedy = _("请刷新页面，核对现有内容后重新提交；您的修改未保存。")


class TextMissing(InvalidInput):
    """A field that must be filled in is empty; `field` names it."""

    code = "text_missing"
    message = _("此项必填。")
    remedy = _("请填写后重新提交。")


class TextTooLong(InvalidInput):
    """A text that its column cannot hold; `field` names it."""

    code = "text_too_long"
    message = _("内容过长。")
    remedy = _("请缩短后重新提交。")


class ReasonMissing(InvalidInput):
    """An order is returned, declined, held, resumed from or cancelled for a reason that stays readable."""

    code = "reason_missing"
    message = _("请填写原因。")
    remedy = _("原因将记入历史，并向送测单位显示。")


class FeatureUnknown(InvalidInput):
    """A declared feature that this edition does not ask of this type of device."""

    code = "feature_unknown"
    message = _("不能声明该功能。")
    remedy = _("请只声明申请表中列出的功能；由产品参数得出的功能请在产品参数中填写。")


class FeatureNotBoolean(InvalidInput):
    """A feature is declared as yes or no."""

    code = "feature_not_boolean"
    message = _("功能声明只能为“是”或“否”。")
    remedy = _("请更正后重新提交。")


class ItemUnknown(InvalidInput):
    """A chosen code that the edition does not hold."""

    code = "item_unknown"
    message = _("所选测试项不在该版本中。")
    remedy = _("请从列出的可选项中选择。")


class ItemNotOptional(InvalidInput):
    """Only optional items are chosen; all others follow from type and declaration."""

    code = "item_not_optional"
    message = _("该测试项对此设备类型不是可选项。")
    remedy = _("请从列出的可选项中选择；必测项会自动列入。")


class EditionNotAvailable(InvalidInput):
    """An edition that is not published, is retired, or may not be used yet."""

    code = "edition_not_available"
    message = _("该测试项目版本不可用于新的委托。")
    remedy = _("请选择已发布且已生效的版本。")
    replaced = _("“%(edition)s”不再受理新的委托，由“%(successor)s”接替。")
    choose = _("请改用接替的版本。")


class CompanyInactive(InvalidInput):
    """A deactivated company makes no application."""

    code = "company_inactive"
    message = _("该企业记录已停用。")
    remedy = _("请联系联盟核实企业信息。")


class ApplicantUnidentified(InvalidInput):
    """The applicant needs a 统一社会信用代码 or, if foreign, another identifier (GB 32100-2015)."""

    code = "uscc_missing"
    message = _("送测单位尚未登记统一社会信用代码。")
    remedy = _("请先在企业信息中填写统一社会信用代码；境外企业请填写其他注册标识。")


class AgreementMissing(InvalidInput):
    """Nothing is tested without the agreement (ISO/IEC 17025, 7.1)."""

    code = "agreement_missing"
    message = _("请先阅读并同意委托协议。")
    remedy = _("请勾选同意后重新提交。")


class SpecificationIncomplete(InvalidInput):
    """The device's specification lacks required fields or holds wrong values; `rows` names each."""

    code = "specification_incomplete"
    message = _("产品参数不完整或有误。")
    remedy = _("请先按各字段的提示完善产品参数。")


class TypeNotTestable(InvalidInput):
    """The type of device has no test items of its own (a chip, for example)."""

    code = "device_type_not_testable"
    message = _("该设备类型没有独立的测试项，不能送测。")
    remedy = _("请以采用它的整机或模块送测。")


class PlanEmpty(InvalidInput):
    """No item of the edition is in the plan."""

    code = "plan_empty"
    message = _("按该版本与所声明的内容，没有任何测试项列入计划。")
    remedy = _("请核对设备类型、产品参数与所声明的功能，或选择其他版本。")


class ReviewIncomplete(InvalidInput):
    """An order is accepted when every point of the review holds (ISO/IEC 17025, 7.1.1); `rows` names the others."""

    code = "review_incomplete"
    message = _("受理评审尚有未确认的事项。")
    remedy = _("请逐项确认；不能确认的，请退回补正或不予受理。")


class SampleHeld(InvalidInput):
    """A specimen with this serial number is in the laboratory already."""

    code = "sample_already_received"
    message = _("该序列号的样品已在实验室。")
    remedy = _("请核对序列号；同一样品不重复登记。")


class VersionOfOtherDevice(InvalidInput):
    """A version belongs to one device."""

    code = "version_of_other_device"
    message = _("该硬件或固件版本不属于本委托的产品。")
    remedy = _("请选择本产品的版本。")


class SampleEnded(Conflict):
    """A sample is returned or disposed of once."""

    code = "sample_ended"
    message = _("该样品已退还或处置。")
    remedy = _("请刷新页面查看处置记录。")


class SamplesRemain(Conflict):
    """An order is closed when every sample was returned or disposed of (ISO/IEC 17025, 7.4)."""

    code = "samples_remain"
    remedy = _("请先登记样品的退还或处置。")


class VersionNotReceivable(Conflict):
    """Versions are received while the order is tested."""

    code = "version_not_receivable"
    message = _("当前阶段不能登记新的受测版本。")
    remedy = _("请先受理委托，或恢复测试。")


class TurnFixed(Conflict):
    """The stage itself says whose turn it is."""

    code = "turn_fixed"
    message = _("当前阶段由固定一方办理，不能改变。")
    remedy = _("请刷新页面，按当前阶段办理。")


class AmendmentRuns(Conflict):
    """A decided order whose report is being amended is not cancelled: its certification stands."""

    code = "amendment_runs"
    message = _("该委托已作决定，报告正在更正，不能取消。")
    remedy = _("请先完成报告的更正；如需终止认证，请由决定人办理。")


class RebaseNotPossible(Conflict):
    """Another edition is taken while tests run, nothing is in dispute, and no other proposal waits."""

    code = "rebase_not_possible"
    message = _("目前不能换版。")
    remedy = _("须在测试中、没有进行中的整改和作废申请、没有待答复的换版建议，且版本不同于现用版本。")


class RebaseBackwards(Conflict):
    """Tests go on by a newer edition only: an older one may not know what failed (ISO/IEC 17025, 7.1.8)."""

    code = "rebase_backwards"
    message = _("只能换到比现用版本更新的版本。")
    remedy = _("请选择现用版本之后的版本；须按旧版测试的，请另行申请。")


class RebaseDropsFailure(Conflict):
    """A counted item that failed leaves the plan only if the quality manager decides so; `extra` names the items."""

    code = "rebase_drops_failure"
    message = _("换版会使未通过的测试项不再计入。")
    remedy = _("须由质量负责人写明理由后同意，送测单位才能答复。")


class RebaseAnswered(Conflict):
    """A proposal is answered once."""

    code = "rebase_answered"
    message = _("该换版建议已答复。")
    remedy = _("请刷新页面查看。")


class ExceptionTooLong(InvalidInput):
    """An exception is for a time."""

    code = "exception_too_long"
    message = _("例外的截止日期须在今天至 90 天之内。")
    remedy = _("请改选日期；到期后可重新批准。")


class ExceptionEnded(Conflict):
    """What has ended stays ended."""

    code = "exception_ended"
    message = _("该例外已经解除。")
    remedy = _("如仍需要，请重新批准。")


class OrderEnded(Conflict):
    """Nothing is excepted on an order where nobody acts any more."""

    code = "order_ended"
    message = _("该委托已经结束。")
    remedy = _("请核对委托编号。")
