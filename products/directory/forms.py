"""What the public pages ask besides the filters of the directory."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from products.devices.models import DeviceType
from products.listings.filters import FIRST_YEAR
from products.listings.selectors import companies_listed
from products.listings.states import ChangeKind
from products.suites.filters import NamedChoiceField


class AsOfForm(forms.Form):
    """The day as of which a page is shown; nothing is today."""

    as_of = forms.DateField(
        label=_("查看某日的状态"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("日期请写作 2025-06-30。")},
    )

    def clean_as_of(self) -> date | None:
        """Refuses what nobody can know yet, and years before there was a standard."""
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("日期不能晚于今天。"))
        if day is not None and day.year < FIRST_YEAR:
            raise forms.ValidationError(_("请填写 %(year)s 年或以后的日期。"), params={"year": FIRST_YEAR})
        return day


class ChangesForm(forms.Form):
    """Which changes are asked for; a wrong value is named and left out."""

    kind = forms.ChoiceField(label=_("变更"), required=False, choices=[("", _("全部变更")), *ChangeKind.choices])
    type = NamedChoiceField(
        label=_("设备类型"), required=False, queryset=DeviceType.objects.all(), to_field_name="code",
        empty_label=_("全部设备类型"), error_messages={"invalid_choice": _("没有这种设备类型。")},
    )
    company = forms.ModelChoiceField(
        label=_("企业"), required=False, queryset=companies_listed(), to_field_name="number", widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("没有此编号的企业。")},
    )

    @property
    def wanted(self) -> dict[str, str | None]:
        """The values that are right, as `changes_public` takes them."""
        self.is_valid()
        device_type, company = self.cleaned_data.get("type"), self.cleaned_data.get("company")
        return {"kind": self.cleaned_data.get("kind") or None, "device_type": device_type.code if device_type else None,
                "company": company.number if company else None}

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Each wrong value's label and reason."""
        self.is_valid()
        return [(str(self.fields[name].label), str(message)) for name, messages in self.errors.items()
                for message in messages]


class FileForm(forms.Form):
    """The PDF that somebody holds; the check itself says what is wrong with it."""

    file = forms.FileField(
        label=_("报告的PDF文件"), allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
