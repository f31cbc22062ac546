"""What somebody types who wants to be told."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from products.listings.models import Listing
from products.listings.selectors import companies_listed


class SubscribeForm(forms.Form):
    """An address, and what it is about in hidden fields."""

    email = forms.EmailField(
        label=_("电子邮箱"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("只用于发送您订阅的变更，不公开，退订后立即删除。"),
        error_messages={"invalid": _("电子邮箱格式不正确，例如 name@example.com。")},
    )
    device = forms.ModelChoiceField(
        queryset=Listing.objects.all(), to_field_name="listing_number", required=False, widget=forms.HiddenInput)
    company = forms.ModelChoiceField(
        queryset=companies_listed(), to_field_name="number", required=False, widget=forms.HiddenInput)
    q = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
