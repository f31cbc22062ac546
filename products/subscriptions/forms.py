"""What somebody types who wants to be told, and the search that they were looking at."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from products.listings.filters import ListingFilter
from products.listings.models import Listing
from products.listings.states import FACETS
from products.suites.rendering import name_of
from wapicert.enumeration import enumerated


class SubscribeForm(forms.Form):
    """An address, and the device that it is about in a hidden field."""

    email = forms.EmailField(
        label=_("电子邮箱"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("只用于发送您订阅的变更，不公开，退订后立即删除。"),
        error_messages={"invalid": _("电子邮箱格式不正确，例如 name@example.com。")},
    )
    device = forms.ModelChoiceField(
        queryset=Listing.objects.all(), to_field_name="listing_number", required=False, widget=forms.HiddenInput)


class FollowFilter(ListingFilter):
    """A search of the directory as it can be followed: its words and filters, without order; what is wrong is left out.

    A company alone is no search: it is followed as a company.
    """

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters that are right, in one order, so that the same search is the same text."""
        pairs = [(facet, value) for facet in FACETS for value in sorted(set(self.selections[facet]))]
        if company := self.values.get("company"):
            pairs.append(("company", company.number))
        days = (("listed_after", self.values.get("listed_after")), ("listed_before", self.values.get("listed_before")))
        return pairs + [(name, day.isoformat()) for name, day in days if day]

    @property
    def is_search(self) -> bool:
        """Whether it asks for more than a company."""
        return bool(self.values.get("q") or any(name != "company" for name, _value in self.pairs))

    @property
    def text(self) -> str:
        """The filters as an address holds them."""
        return urlencode(self.pairs)

    @property
    def description(self) -> str:
        """The search in words: 莲雾 · 设备类型：终端（STA）、芯片."""
        told = {facet: enumerated(label for value, label in self.filters[facet].extra["choices"] if value in chosen)
                for facet, chosen in self.selections.items() if chosen}
        if company := self.values.get("company"):
            told["company"] = name_of(company)
        told |= {name: str(self.values[name]) for name in ("listed_after", "listed_before") if self.values.get(name)}
        parts = [f"{self.filters[name].label}{gettext('：')}{value}" for name, value in told.items()]
        return " · ".join([part for part in [self.values.get("q") or ""] if part] + parts)
