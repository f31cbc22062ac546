"""What is typed to hold something, to lift a hold, and to ask that a person be made anonymous."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from members.people.models import User

TARGETS = [("order", _("委托")), ("company", _("企业")), ("user", _("人员"))]


class HoldForm(forms.Form):
    """What to hold, why, and who wants it."""

    kind = forms.ChoiceField(label=_("对象"), choices=TARGETS)
    key = forms.CharField(label=_("编号"), max_length=40, help_text=_("委托编号、企业编号或人员的工号。"))
    reason = forms.CharField(
        label=_("原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("永久写入历史；涉及人员时写工号，不写姓名。"))
    demanded_by = forms.CharField(label=_("要求方与文号"), max_length=200, required=False,
                                  help_text=_("例如：某法院，案号；没有则留空。"))


class LiftingForm(forms.Form):
    """Why a hold may end."""

    reason = forms.CharField(label=_("原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class DepartedField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers people by name and staff number, with the company of those who work for one."""

    def label_from_instance(self, obj: Any) -> str:
        """Name, staff number, company."""
        return f"{obj.name} {obj.staff_number}" + (f"（{obj.company}）" if obj.company else "")


class DepartureForm(forms.Form):
    """Who left, and how that is known."""

    user = DepartedField(queryset=User.objects.none(), label=_("人员"))
    reason = forms.CharField(
        label=_("原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如：已于2026年10月离职。永久写入历史，不写姓名。"))

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people
