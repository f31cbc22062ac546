"""Refusals that concern exclusions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class ExclusionKindUnknown(InvalidInput):
    """Not a kind of exclusion."""

    code = "exclusion_kind_unknown"
    message = _("请选择排除的类别。")
    remedy = _("可选：不适用、未测、受阻、豁免。")


class ItemHasResult(Conflict):
    """An item with a result is not excluded; a failed one least of all."""

    code = "item_has_result"
    message = _("该测试项已有结果，不能排除。")
    remedy = _("结果有误时请先更正或作废；未通过的项须整改。")


class ExclusionInForce(Conflict):
    """One exclusion at a time."""

    code = "exclusion_in_force"
    message = _("该测试项已有排除提议或已排除。")
    remedy = _("请刷新页面查看。")


class ExclusionNeedsAnother(Forbidden):
    """Proposer, verifier and quality manager are different persons."""

    code = "exclusion_needs_another"
    message = _("同一人不能重复参与该排除的提议与批准。")
    remedy = _("请由另一人批准。")


class ConsentNotAsked(Conflict):
    """This exclusion does not need the consent, or has it already."""

    code = "consent_not_asked"
    message = _("该排除不需要此项同意，或已经同意。")
    remedy = _("请刷新页面查看还缺哪一方的同意。")
