"""Refusals that concern companies."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Forbidden, InvalidInput, Stale


class UsccInvalid(InvalidInput):
    """GB 32100-2015: 18 characters with a check character."""

    code = "uscc_invalid"
    message = _("统一社会信用代码不正确：须为18位，且校验码相符。")
    remedy = _("请按营业执照核对后重新填写。")


class UsccTaken(InvalidInput):
    """The code belongs to another company record."""

    code = "uscc_taken"
    message = _("该统一社会信用代码已登记。")
    remedy = _("请改用已登记的企业，或联系联盟合并记录。")


class NameMissing(InvalidInput):
    """Every company has a Chinese name."""

    code = "company_name_missing"
    message = _("企业名称不能为空。")
    remedy = _("请按营业执照填写企业全称。")


class NameTooLong(InvalidInput):
    """A name that its column cannot hold."""

    code = "company_name_too_long"
    message = _("内容过长。")
    remedy = _("请缩短后重新提交。")


class CompanyStale(Stale):
    """Somebody else changed the company's record in between; `extra` holds what stands now."""

    message = _("该企业资料已被他人修改，您的更改未保存。")
    remedy = _("请核对当前内容后重新提交。")


class UsccFixed(Forbidden):
    """What names the applicant of orders and reports is corrected by the alliance alone."""

    code = "uscc_fixed"
    message = _("统一社会信用代码已登记，不能自行更改。")
    remedy = _("如有错误，请联系受理人员更正。")


class CompanyNotYours(Forbidden):
    """What the alliance keeps about companies is changed by intake or the quality manager."""

    code = "company_not_yours"
    message = _("只有受理人员或质量负责人可以更改企业资料。")
    remedy = _("请联系受理人员。")
