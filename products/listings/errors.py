"""Refusals that concern the public register."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class PublishedProductsInvalid(InvalidInput):
    """The file of published products contradicts itself; `rows` names record, field and fault."""

    code = "published_products_invalid"
    message = _("已公布产品数据有误，未作任何更改。")
    remedy = _("请按逐行列出的原因修改后重新导入。")


class FilterInvalid(InvalidInput):
    """A filter of the directory got a value that it does not know; `field` names the filter."""

    code = "invalid_filter"
    message = _("筛选条件的取值无效。")
    remedy = _("请改用列出的取值，或去掉此筛选条件。")


class CursorInvalid(InvalidInput):
    """A cursor that this site did not give out, or that belongs to another order."""

    code = "invalid_cursor"
    message = _("翻页标记无效。")
    remedy = _("请从第一页重新翻页。")


class ReportNotIssued(Conflict):
    """Only a device with an issued report of its own order is listed."""

    code = "report_not_issued"
    message = _("该委托尚无已签发的测试报告，不能列入名录。")
    remedy = _("请在报告签发后再作决定。")


class ReportDoesNotConform(Conflict):
    """A report that says 不符合 lists nothing."""

    code = "report_does_not_conform"
    message = _("测试报告结论为不符合，不能列入名录。")
    remedy = _("请在整改并复测通过后再作决定。")


class ListingNotConsented(Conflict):
    """The vendor has not consented to being listed."""

    code = "listing_not_consented"
    message = _("送测单位未同意列入公开名录。")
    remedy = _("请先取得送测单位的同意。")


class AlreadyListed(Conflict):
    """A report lists its device once."""

    code = "already_listed"
    message = _("该测试报告对应的产品已列入名录。")
    remedy = _("请在名录中查看已有条目。")


class ListingHasNoState(Conflict):
    """A record published before this system has no state of ours."""

    code = "listing_has_no_state"
    message = _("本系统启用前已公布的条目没有认证状态，不能更改。")
    remedy = _("如需更正，请修改已公布产品数据后重新导入。")


class MayNotRename(Forbidden):
    """Names of companies are kept by intake and the quality manager."""

    code = "may_not_rename"
    message = _("您无权更改企业名称。")
    remedy = _("请联系受理人员或质量负责人。")


class AddressInUse(Conflict):
    """An address that something has now, or that leads elsewhere already, cannot become a former one."""

    code = "address_in_use"
    message = _("该编号正在使用，或已指向别处，不能改为旧地址。")
    remedy = _("请核对旧编号；只有不再使用的编号才能转向。")


class AddressUnknown(InvalidInput):
    """A former address must lead to something that exists."""

    code = "address_unknown"
    message = _("要转向的条目不存在。")
    remedy = _("请填写现有条目、企业或版本的编号。")
