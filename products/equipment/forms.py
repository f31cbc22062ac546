"""The forms of the loan desk; services check what was entered."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from members.people.models import User
from products.equipment.models import Loan

EARLIEST, LATEST = 2000, 2200


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                           error_messages={"invalid": _("日期请写作 2025-06-30。")})


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers people by name and staff number."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and staff number."""
        return f"{obj.name} {obj.staff_number}"


class MonthForm(forms.Form):
    """Which month a calendar shows, as 2026-11."""

    month = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", required=False)

    def first_day(self, today: date) -> date:
        """The first of the month that was asked for; of today's where it means nothing."""
        text = self.cleaned_data.get("month") if self.is_valid() else ""
        year, month = (int(part) for part in text.split("-")) if text else (today.year, today.month)
        return date(year, month, 1) if EARLIEST <= year <= LATEST else today.replace(day=1)


class ReserveForm(forms.Form):
    """Who borrows a tool, from when to when, and what goes along."""

    company = forms.ModelChoiceField(Company.objects.order_by("name_zh"), to_field_name="number", required=False,
                                     label=_("借用单位"), empty_label="–")
    contact = forms.CharField(label=_("领用人"), required=False, max_length=120, help_text=_("单位借用时填写。"))
    person = PersonField(User.objects.none(), to_field_name="staff_number", required=False,
                         label=_("借用人员（本单位）"), empty_label="–")
    starts_on = _day(_("借用日期"))
    due_on = _day(_("归还日期"))
    purpose = forms.CharField(label=_("用途"), required=False, max_length=200)
    accessories = forms.CharField(label=_("随附配件"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
                                  help_text=_("每行一件，例如：电源适配器。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(is_active=True, company__isnull=True).order_by("staff_number")

    def clean_accessories(self) -> list[str]:
        """One per line."""
        return str(self.cleaned_data["accessories"]).splitlines()


class HandOutForm(forms.Form):
    """In which condition a tool leaves, and why it may where there are doubts."""

    condition = forms.CharField(label=_("借出时的状况"), max_length=200)
    exception = forms.CharField(label=_("仍要借出的理由"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
                                help_text=_("校准将到期或设备正在使用时填写，记入历史。"))


class ReturnForm(forms.Form):
    """In which condition a tool came back, and with what."""

    condition = forms.CharField(label=_("归还时的状况"), max_length=200)
    returned = forms.MultipleChoiceField(label=_("已归还的配件"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, loan: Loan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["returned"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one, one) for one in loan.accessories]
        if not loan.accessories:
            del self.fields["returned"]


class ExtendForm(forms.Form):
    """Another last day."""

    due_on = _day(_("归还日期"))


class CancelForm(forms.Form):
    """Why a reservation is given up."""

    reason = forms.CharField(label=_("原因"), max_length=200)
