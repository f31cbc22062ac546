"""The states of a report, of its rendering, and who may move it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.people.states import Role
from products.orders.states import Stage
from wapicert.transitions import step


class ReportState(models.TextChoices):
    """Where a report stands (测试报告)."""

    DRAFT = "draft", pgettext_lazy("报告", "编制")
    CHECKED = "checked", _("已审核")
    AUTHORISED = "authorised", pgettext_lazy("报告", "已批准")
    ISSUED = "issued", _("已签发")
    REPLACED = "replaced", _("已被替代")
    WITHDRAWN = "withdrawn", _("已撤回")


class RenderingState(models.TextChoices):
    """How far the worker is."""

    NONE = "none", _("未开始")
    QUEUED = "queued", _("排队中")
    RENDERING = "rendering", _("生成中")
    SIGNING = "signing", _("签名中")
    STORED = "stored", _("已存档")
    FAILED = "failed", _("生成失败")


# A worker is at it.
WORKING = (RenderingState.RENDERING, RenderingState.SIGNING)


class Conclusion(models.TextChoices):
    """The statement of conformity."""

    CONFORMS = "conforms", _("符合")
    DOES_NOT_CONFORM = "does_not_conform", _("不符合")


# Raised with every change of templates/reports that changes what is printed; kept in each snapshot.
TEMPLATE_VERSION = "4"
# The shape of the snapshot; see docs/report-snapshot.md.
SNAPSHOT_SCHEMA = 3
# A rendering that fails is tried so often before people must look at it.
RENDERING_TRIES = 5

TRANSITIONS = {
    "compile": step([ReportState.DRAFT], ReportState.DRAFT, Role.TE),
    "check": step([ReportState.DRAFT], ReportState.CHECKED, Role.VE),
    "return": step([ReportState.DRAFT, ReportState.CHECKED], ReportState.DRAFT, Role.VE, Role.SG),
    "authorise": step([ReportState.CHECKED], ReportState.AUTHORISED, Role.SG),
    "issue": step([ReportState.AUTHORISED], ReportState.ISSUED),
    "amend": step([ReportState.ISSUED], None, Role.SG),
    "replace": step([ReportState.ISSUED], ReportState.REPLACED),
    "withdraw": step([ReportState.ISSUED], None, Role.SG),
    "consent": step([ReportState.ISSUED], ReportState.WITHDRAWN, Role.QM),
    "refuse": step([ReportState.ISSUED], ReportState.ISSUED, Role.QM),
}

# Where an order may stand when its issued report is amended.
AMENDABLE = frozenset({Stage.REPORTING, Stage.DECIDED, Stage.CLOSED})

# What the signatory may correct in an amended report without touching declaration or results, by its place in the
# snapshot; "#" stands for the number of a row.
CORRECTABLE = {
    "manufacturer": _("制造商"),
    "factory": _("生产厂"),
    "customer.address_zh": _("客户地址"),
    "customer.address_en": _("客户地址（英文）"),
    "order.sampling_zh": _("抽样方式"),
    "device.name_zh": _("产品名称"),
    "device.name_en": _("产品名称（英文）"),
    "device.model": _("型号"),
    "samples.#.serial_number": _("样品序列号"),
    "samples.#.condition": _("收样状态"),
}
