"""What the public pages ask besides the filters of the directory."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from products.listings.filters import FIRST_YEAR


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
