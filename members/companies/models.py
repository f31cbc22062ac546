"""Companies that apply, make or sell devices, and whom to call there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.companies.states import Membership
from wapicert.seals import sealed


@sealed("company", identity="number")
class Company(models.Model):
    """A company. Created and renamed by `companies.services`; deactivated, never deleted."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    name_zh = models.CharField(_("名称"), max_length=200)
    short_name_zh = models.CharField(_("简称"), max_length=60, blank=True)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    name_en_confirmed = models.BooleanField(default=False)
    # 统一社会信用代码 (GB 32100-2015); foreign companies have another identifier instead.
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True)
    foreign_identifier = models.CharField(_("境外注册标识"), max_length=60, blank=True)
    address_zh = models.CharField(_("地址"), max_length=300, blank=True)
    address_en = models.CharField(_("英文地址"), max_length=300, blank=True)
    membership = models.CharField(_("会员"), max_length=12, choices=Membership, default=Membership.UNKNOWN)
    is_demonstration = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    row_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("企业")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["uscc"], name="company_uscc_once"),
            models.CheckConstraint(condition=~models.Q(name_zh=""), name="company_has_a_chinese_name"),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Contact(models.Model):
    """Whom to call at a company; never shown in public."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
