"""Refusals that concern the alliance's decision and what becomes of it."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput, Stale


class RoleMissing(Forbidden):
    """The role for this step is missing."""

    code = "certification_role_missing"
    message = _("您没有执行此认证操作的角色。")
    remedy = _("请由具有相应角色的人员操作。")


class ReviewerTookPart(Forbidden):
    """S3: whoever tested, verified or explained on the order does not review it; S6 for authors of explanations."""

    code = "separation_s3"
    message = _("您参与过本委托的测试、校核、整改说明或报告，不能评定。")
    remedy = _("请由未参与本委托的评定人操作。")


class DeciderTookPart(Forbidden):
    """S4: whoever tested, verified or explained on the order does not decide; S6 for authors of explanations."""

    code = "separation_s4"
    message = _("您参与过本委托的测试、校核、整改说明或报告，不能决定，也不能暂停、恢复、撤销或注销。")
    remedy = _("请由未参与本委托的决定人操作。")


class ExplainerMayNotJudge(Forbidden):
    """S6: the author of a rework finding or explanation neither reviews nor decides (ISO/IEC 17065, 4.2.6)."""

    code = "separation_s6"
    message = _("您为本委托撰写过整改说明，不能评定或决定。")
    remedy = _("请由未撰写整改说明的人员操作。")


class ReportNotIssued(Conflict):
    """Review and decision rest on an issued report."""

    code = "report_not_issued"
    message = _("该委托还没有已签发的报告。")
    remedy = _("请等待报告签发后再评定或决定。")


class RecommendationOutdated(Conflict):
    """The report that was recommended on has been withdrawn; the one in force was not reviewed."""

    code = "recommendation_outdated"
    message = _("评定所依据的报告已撤回，现行报告尚未评定。")
    remedy = _("请评定人对现行报告重新评定，再作决定。")


class NotForDecision(Conflict):
    """The order is not in reporting: paused, ended or decided."""

    code = "order_not_for_decision"
    message = _("该委托当前不能评定或决定。")
    remedy = _("请刷新页面查看委托当前状态。")


class AlreadyRecommended(Conflict):
    """The order has its recommendation."""

    code = "already_recommended"
    message = _("该委托已有评定意见。")
    remedy = _("请刷新页面查看评定意见；决定由决定人作出。")


class DoesNotConform(Conflict):
    """A device that does not conform is not granted."""

    code = "report_does_not_conform"
    message = _("报告结论为不符合，不能授予。")
    remedy = _("请作出不予授予的决定并说明理由。")


class MayNotStandOn(Conflict):
    """A certification does not become valid again on a report that does not conform."""

    code = "report_does_not_conform"
    message = _("现行报告的结论为不符合，不能恢复有效。")
    remedy = _("请撤销该认证；产品整改后可重新申请。")


class AnotherValid(Conflict):
    """One device has at most one valid certification; `extra` names the other."""

    code = "another_certification_valid"
    message = _("该产品已有另一有效的认证。")
    remedy = _("同一产品只能有一项有效的认证：请先暂停、撤销或注销另一项，或注销本项。")


class PeriodOver(Conflict):
    """The last day of validity has passed."""

    code = "certification_period_over"
    message = _("有效期已届满，不能恢复有效。")
    remedy = _("请由送测单位重新申请。")


class BasisChanged(Stale):
    """What a decision rests on is no longer what its maker read; message and `extra` say which parts changed."""

    code = "basis_changed"
    message = _("您阅读之后，所依据的内容有变化。")
    remedy = _("请刷新页面，重新阅读后再操作。")


class NotConsented(Conflict):
    """The vendor did not consent to the listing."""

    code = "listing_not_consented"
    message = _("送测单位未同意列入产品名录，不能授予。")
    remedy = _("请与送测单位确认，或作出不予授予的决定并说明理由。")


class ReasonMissing(InvalidInput):
    """The step needs a reason."""

    code = "reason_missing"
    message = _("请填写理由。")
    remedy = _("请用一两句话说明理由。")


class StaleCertification(Stale):
    """Somebody else moved it in between; message and `extra` say what stands now."""

    code = "stale"
    remedy = _("请刷新页面，核对现有内容后重新操作。")


class ReportUnderAmendment(Conflict):
    """The report is being amended; review and decision rest on its successor."""

    code = "report_under_amendment"
    message = _("该委托的报告正在更正，不能评定或决定。")
    remedy = _("请等待更正后的报告签发。")


class NoCorrection(Conflict):
    """No amended report identifies the device otherwise than the register does, or the register followed already."""

    code = "no_correction_waiting"
    message = _("没有待确认的名录更正。")
    remedy = _("请刷新页面查看认证现在所依据的报告。")


class CorrectionDoesNotConform(Conflict):
    """A valid certification does not follow a report that does not conform; it is suspended or withdrawn."""

    code = "report_does_not_conform"
    message = _("更正后的报告结论为不符合，名录不能据此更正并保持有效。")
    remedy = _("请先暂停或撤销该认证。")
