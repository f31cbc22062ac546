"""What a person fills in about the own account."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class IssueTokenForm(forms.Form):
    """A new token: what it is for, how long it counts, and the password again."""

    label = forms.CharField(label=_("用途"), max_length=80, help_text=_("例如：产线测试台 3 号。用于日后辨认。"))
    days = forms.TypedChoiceField(
        label=_("有效期"), coerce=int, initial="365",
        choices=[("30", _("30 天")), ("90", _("90 天")), ("365", _("一年"))],
    )
    password = forms.CharField(
        label=_("本人密码"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def expires_at(self) -> datetime:
        """When the token ends to count."""
        return timezone.now() + timedelta(days=self.cleaned_data["days"])
