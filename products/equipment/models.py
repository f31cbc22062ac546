"""Reference devices and test tools, until when their calibration holds, and to whom they are lent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from products.equipment.states import LoanState


class ToolKind(models.TextChoices):
    """What a tool is."""

    REFERENCE = "reference", _("联盟测试基准设备")
    INSTRUMENT = "instrument", _("测试仪器")
    SOFTWARE = "software", _("测试软件")


class Tool(models.Model):
    """A tool that results are measured with. Registered by `equipment.services`; taken out of use, never deleted."""

    number = models.CharField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=ToolKind)
    calibrated_until = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name_zh}"


class Loan(models.Model):
    """A tool that is or was reserved for or lent to a company or one of the staff; moved by `equipment.services`.

    Days are both included. Exactly one of `company` and `person` borrows; `contact` is who takes it along.
    """

    number = models.CharField(max_length=20, unique=True)
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="loans")
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, related_name="loans")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=LoanState, default=LoanState.RESERVED)
    starts_on = models.DateField()
    due_on = models.DateField()
    # What goes along, one entry each.
    accessories = models.JSONField(default=list)
    condition_out = models.CharField(max_length=200, blank=True)
    handed_out_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    handed_out_at = models.DateTimeField(null=True)
    # Why it was handed out although its calibration had run out or open orders are tested with it.
    exception = models.TextField(blank=True)
    condition_back = models.CharField(max_length=200, blank=True)
    # Accessories that did not come back.
    missing = models.JSONField(default=list)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(null=True)
    # How far the borrower was reminded: 0, 1 (it will be due), 2 (overdue).
    reminded = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tool"], condition=Q(state="out"), name="tool_lent_once_at_a_time"),
            models.CheckConstraint(condition=Q(due_on__gte=models.F("starts_on")), name="loan_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(company__isnull=True) ^ Q(person__isnull=True),
                                   name="loan_has_one_borrower"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def borrower(self) -> str:
        """The company's name, or the person's."""
        return str(self.company) if self.company else str(self.person.name if self.person else "")
