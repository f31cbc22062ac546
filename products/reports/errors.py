"""Refusals that concern test reports."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput, Stale


class GlyphMissing(InvalidInput):
    """A character that the report's fonts cannot print would leave a hole in the document."""

    code = "glyph_missing"
    message = _("报告中有无法印刷的字符。")
    remedy = _("请把该字符改为可印刷的文字后重新编制报告。")
    named_remedy = _("请把字符“%(char)s”（位于 %(place)s：“%(text)s”）改为可印刷的文字后重新编制报告。")


class PhotographUnreadable(InvalidInput):
    """A photograph of the device cannot be decoded."""

    code = "photograph_unreadable"
    message = _("设备照片无法读取。")
    remedy = _("请重新上传该照片（PNG 或 JPEG）。")


class RenderingFailed(Conflict):
    """The typesetter refused the document, or the process may not typeset."""

    code = "rendering_failed"
    message = _("报告未能生成。")
    remedy = _("系统会自动重试；若仍失败，请联系系统管理员。")


class SigningFailed(Conflict):
    """The signer's key, its token or the time stamp service refused."""

    code = "signing_failed"
    message = _("报告未能签名。")
    remedy = _("系统会自动重试；若仍失败，请系统管理员检查签名密钥与时间戳服务的设置。")


class NotForReporting(Conflict):
    """The order's results are not complete, or it has left reporting."""

    code = "order_not_for_reporting"
    message = _("该委托当前不能编制或签发报告。")
    remedy = _("请在全部测试项有有效结果、且整改结束后再编制报告。")


class ReportInWork(Conflict):
    """Another report on the order is already checked, authorised or issued."""

    code = "report_in_work"
    message = _("该委托已有审核中、已批准或已签发的报告。")
    remedy = _("请先退回审核中的报告；已签发的报告须另行更正。")


class NotForAmending(Conflict):
    """The order is paused, ended, or its report is in work already."""

    code = "order_not_for_amending"
    message = _("该委托当前不能更正报告。")
    remedy = _("请先恢复暂停的委托；已取消的委托不再更正报告。")


class CorrectionUnknown(InvalidInput):
    """Only listed facts can be corrected by the signatory alone; results are corrected as results."""

    code = "correction_unknown"
    message = _("所填事项不能在报告更正中直接更改。")
    remedy = _("请只更改列出的事项；测试结果请在检测工作台更正或复测。")


class NeedsRecompiling(Conflict):
    """The draft was returned; results may have changed since it was compiled."""

    code = "report_needs_recompiling"
    message = _("报告退回后尚未重新编制。")
    remedy = _("请先重新编制报告，再提交审核。")


class NotCompiled(NeedsRecompiling):
    """The amendment was opened, and nobody has compiled the new report yet."""

    message = _("更正报告尚未编制。")
    remedy = _("请测试工程师更正结果（如有）后编制报告，再提交审核。")


class ResultsMoved(NeedsRecompiling):
    """A result was recorded, verified, doubted or thrown out after the report was compiled."""

    message = _("报告编制之后，测试结果有变动。")
    remedy = _("请退回报告，处理变动的结果后重新编制。")


class OrderOnHold(NeedsRecompiling):
    """A paused order's report waits with it."""

    code = "order_on_hold"
    message = _("委托暂停中，报告不能审核、退回或批准。")
    remedy = _("请受理人员先恢复该委托。")


class ElementsMissing(InvalidInput):
    """ISO/IEC 17025, 7.8.2: the report lacks elements; `rows` lists them."""

    code = "report_elements_missing"
    message = _("报告缺少必备要素，不能审核或批准。")
    remedy = _("请补齐下列要素后重新编制报告。")


class NotYourTurn(Forbidden):
    """The role for this step is missing."""

    code = "report_role_missing"
    message = _("您没有执行此报告操作的角色。")
    remedy = _("请由具有相应角色的人员操作。")


class CompilerMayNotCheck(Forbidden):
    """S10: 编制 ≠ 审核."""

    code = "separation_s10"
    message = _("报告的编制、审核、批准须由三人分别完成。")
    remedy = _("请由未参与本报告编制或审核的人员操作。")


class RecorderMayNotAuthorise(Forbidden):
    """S2: the signatory recorded a result in the report."""

    code = "separation_s2"
    message = _("授权签字人录入过本报告中的结果，不能批准。")
    remedy = _("请由另一位授权签字人批准。")


class PublicAddressMissing(Conflict):
    """The QR code would lead nowhere: production needs PUBLIC_URL."""

    code = "public_url_missing"
    message = _("未设置对外网址，不能签发报告。")
    remedy = _("请系统管理员设置 PUBLIC_URL。")


class ReasonMissing(InvalidInput):
    """The step needs a reason."""

    code = "reason_missing"
    message = _("请填写理由。")
    remedy = _("请用一两句话说明理由。")


class NothingToRetry(Conflict):
    """Only a rendering that failed can be started again by hand."""

    code = "nothing_to_retry"
    message = _("该报告没有失败的生成任务。")
    remedy = _("请刷新页面查看当前进度。")


class StaleReport(Stale):
    """Somebody else moved the report in between; message and `extra` say what stands now."""

    code = "stale"
    remedy = _("请刷新页面，核对现有内容后重新操作。")


class ListingInForce(Conflict):
    """The public register still vouches for what the report says."""

    code = "listing_in_force"
    message = _("该报告对应的产品仍以“有效”列入名录，不能撤回报告。")
    remedy = _("请先由决定人暂停、撤销或注销该认证。")


class WithdrawalRequested(Conflict):
    """The quality manager has not answered the first request yet."""

    code = "withdrawal_requested"
    message = _("该报告已申请撤回，待质量负责人处理。")
    remedy = _("请等待质量负责人同意或不同意。")


class WithdrawalNotRequested(Conflict):
    """Nobody asked to withdraw the report, or the request was answered."""

    code = "withdrawal_not_requested"
    message = _("该报告没有待处理的撤回申请。")
    remedy = _("请先由授权签字人申请撤回。")


class AskerMayNotConsent(Forbidden):
    """A withdrawal takes two people."""

    code = "withdrawal_needs_another"
    message = _("撤回申请须由另一人同意。")
    remedy = _("请由未提出申请的质量负责人处理。")


class NotAPdf(InvalidInput):
    """Only reports can be checked, and they are PDF files."""

    code = "not_a_pdf"
    message = _("所选文件不是PDF。")
    remedy = _("请选择从本站下载或收到的报告PDF原件。")


class FileTooLarge(InvalidInput):
    """The file is larger than what is checked here."""

    code = "file_too_large"
    message = _("文件过大，不能在此核对。")
    remedy = _("请改用报告上的验证码核对；报告原件远小于此上限。")


class CheckBusy(Conflict):
    """Too many files are being checked at once."""

    code = "check_busy"
    status = 503
    message = _("核对文件的人较多，请稍候。")
    remedy = _("请过几秒再试，或用报告上的验证码核对。")


class SignatoryNotAuthorised(Forbidden):
    """ISO/IEC 17025, 6.2.6: whoever signs is authorised for every category of the report on that day."""

    code = "signatory_not_authorised"
    message = _("您未获授权签发本报告所含的全部测试类别，或授权已过期。")
    remedy = _("请由获授权的签字人批准，或请管理员登记授权。")


class BasisOpen(Conflict):
    """Something is open about what a signature or a decision would rest on; `rows` and the message name each point."""

    code = "basis_open"
    message = _("所依据的结果或报告尚有未决事项。")
    remedy = _("请先处理所列事项。")
