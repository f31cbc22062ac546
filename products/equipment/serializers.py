"""The shapes of loans."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from members.companies.models import Company
from members.people.models import User
from members.requests.serializers import Reference, Shape, Text, TextOrNull
from products.equipment.models import Loan, Tool
from products.equipment.selectors import is_overdue, tools_visible_to

LONG = 200


class ToolReference(Reference):
    """A tool by its number."""

    def look_up(self, text: str) -> Tool | None:
        return tools_visible_to(self.context["user"]).filter(number=text).first()


class CompanyReference(Reference):
    """A company by its number; others than the laboratory know none here."""

    def look_up(self, text: str) -> Company | None:
        user: User = self.context["user"]
        return Company.objects.filter(number=text).first() if user.is_member_of_staff else None


class PersonReference(Reference):
    """One of the staff by the staff number."""

    def look_up(self, text: str) -> User | None:
        user: User = self.context["user"]
        rows = User.objects.filter(company__isnull=True, staff_number=text)
        return rows.first() if user.is_member_of_staff else None


class ReserveIn(Shape):
    """A reservation; exactly one of company and person."""

    tool = ToolReference()
    company = CompanyReference(required=False)
    person = PersonReference(required=False)
    contact = Text(required=False, max_length=120, allow_blank=True)
    purpose = Text(required=False, max_length=LONG, allow_blank=True)
    starts_on = serializers.DateField()
    due_on = serializers.DateField()
    accessories = serializers.ListField(child=Text(max_length=LONG), required=False, max_length=30)


class HandOutIn(Shape):
    """The condition in which it leaves; a reason where there are doubts."""

    condition = Text(max_length=LONG)
    exception = Text(required=False, max_length=1000, allow_blank=True)


class ReturnIn(Shape):
    """The condition in which it came back; without `returned` everything did."""

    condition = Text(max_length=LONG)
    returned = serializers.ListField(child=Text(max_length=LONG), required=False, max_length=30)


class ExtendIn(Shape):
    """Another last day."""

    due_on = serializers.DateField()


class LoanOut(serializers.ModelSerializer[Loan]):
    """A loan; a vendor's own names nobody of the staff."""

    tool = serializers.CharField(source="tool.number")
    tool_name_zh = serializers.CharField(source="tool.name_zh")
    company = serializers.SlugRelatedField(slug_field="number", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    person = serializers.SlugRelatedField(slug_field="staff_number", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    contact, purpose = TextOrNull(), TextOrNull()
    condition_out, condition_back, exception = TextOrNull(), TextOrNull(), TextOrNull()
    accessories = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField())
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Loan
        fields = ["number", "tool", "tool_name_zh", "company", "person", "contact", "purpose", "state", "starts_on",
                  "due_on", "accessories", "condition_out", "handed_out_at", "exception", "condition_back",
                  "returned_at", "missing", "is_overdue"]

    def get_is_overdue(self, loan: Loan) -> bool:
        return is_overdue(loan)

    def to_representation(self, instance: Loan) -> Any:
        shown = super().to_representation(instance)
        user = self.context.get("user")
        # Why a doubtful tool was lent is the laboratory's own affair.
        return shown if user is not None and user.is_member_of_staff else {**shown, "exception": None}
