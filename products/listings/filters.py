"""What the directory may be asked: words, facets of several values each, a company, dates, an order."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from products.devices.models import DeviceType
from products.devices.states import BANDS, GENERATIONS
from products.listings.errors import FilterInvalid
from products.listings.models import Listing
from products.listings.querysets import ListingQuerySet
from products.listings.selectors import COLUMNS, DEFAULT_ORDERING, companies_listed, selected
from products.listings.states import NOT_STATED, ListingStatus
from products.suites.models import Category, Edition
from wapicert.enumeration import enumerated

# Nothing was listed before the standard of 2003.
FIRST_YEAR = 2003


class Ordering(TextChoices):
    """In which order listings come."""

    NEWEST = "-listed_on", _("最近列入")
    OLDEST = "listed_on", _("最早列入")
    MODEL = "model", _("型号 A–Z")
    MODEL_FALLING = "-model", _("型号 Z–A")


class Facet(django_filters.MultipleChoiceFilter):  # type: ignore[misc]  # django-filter ships no types
    """Alternatives; those that are chosen are joined by OR. Applied by `ListingFilter` together with its counts."""

    def __init__(self, *, label: Any, choices: list[tuple[str, Any]] | None = None) -> None:
        super().__init__(label=label, choices=[*(choices or []), (NOT_STATED, _("未载明"))])

    def filter(self, qs: ListingQuerySet, value: list[str]) -> ListingQuerySet:
        return selected(qs, {self.field_name: value})


class ListingFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """The filters of the directory, the same for page and API.

    `narrowed` applies all but the facets, `selections` holds the facets; with both, one query counts every facet.
    """

    q = django_filters.CharFilter(method="search", max_length=100, label=_("关键词"))
    type = Facet(label=_("设备类型"))
    band = Facet(label=_("频段"), choices=[(band, band) for band in BANDS])
    generation = Facet(label=_("802.11代际"), choices=[(name, name) for name in GENERATIONS])
    category = Facet(label=_("通过的测试类别"))
    year = Facet(label=pgettext_lazy("列入名录的年份", "年份"))
    edition = Facet(label=_("测试项目版本"))
    status = Facet(label=pgettext_lazy("条目的公开状态", "状态"), choices=ListingStatus.choices)
    # A company without listings is answered like one that does not exist: who has applied is not public.
    company = django_filters.ModelChoiceFilter(
        queryset=companies_listed(), to_field_name="number", label=_("企业"),
        error_messages={"invalid_choice": _("没有此编号的企业。")},
    )
    listed_after = django_filters.DateFilter(field_name="listed_on", lookup_expr="gte", label=_("列入日期不早于"))
    listed_before = django_filters.DateFilter(field_name="listed_on", lookup_expr="lte", label=_("列入日期不晚于"))
    ordering = django_filters.ChoiceFilter(choices=Ordering.choices, method="leave", label=_("排序"))

    class Meta:
        model = Listing
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = "en" if (get_language() or "").startswith("en") else "zh"
        known = {
            "type": DeviceType.objects.values_list("code", f"name_{language}"),
            "category": Category.objects.values_list("code", f"name_{language}"),
            "edition": Edition.objects.values_list("slug", f"label_{language}"),
            "year": [(str(year), str(year)) for year in range(timezone.localdate().year + 1, FIRST_YEAR - 1, -1)],
        }
        for name, choices in known.items():
            self.filters[name].extra["choices"] = [*choices, *self.filters[name].extra["choices"]]

    def search(self, rows: ListingQuerySet, name: str, value: str) -> ListingQuerySet:
        """The listings that hold every word."""
        return rows.matching(value)

    def leave(self, rows: ListingQuerySet, name: str, value: str) -> ListingQuerySet:
        """The order is applied where pages are cut."""
        return rows

    @property
    def values(self) -> dict[str, Any]:
        """The values that are right; `mistakes` has the others."""
        self.form.is_valid()
        cleaned: dict[str, Any] = self.form.cleaned_data
        return cleaned

    @property
    def selections(self) -> dict[str, list[str]]:
        """What is chosen of each facet."""
        return {facet: self.values.get(facet) or [] for facet in COLUMNS}

    @property
    def ordering_chosen(self) -> str:
        """The order asked for, or newest first."""
        return self.values.get("ordering") or DEFAULT_ORDERING

    @property
    def narrowed(self) -> ListingQuerySet:
        """The listings that fit everything but the facets."""
        rows: ListingQuerySet = self.queryset.all()
        for name, value in self.values.items():
            if name not in COLUMNS and value:
                rows = self.filters[name].filter(rows, value)
        return rows

    @property
    def mistakes(self) -> list[dict[str, Any]]:
        """One row per value that is wrong: {field, label, code, message, remedy}."""
        self.form.is_valid()
        return [
            {"field": name, "label": self.filters[name].label, "code": FilterInvalid.code, "message": message,
             "remedy": self.remedy_for(name)}
            for name, messages in self.form.errors.items()
            for message in messages
        ]

    def remedy_for(self, name: str) -> Any:
        """What may be asked instead."""
        if name == "year":
            return _("年份请写作四位数字，例如 2024；来源未载明的用 %(value)s。") % {"value": NOT_STATED}
        choices = self.filters[name].extra.get("choices")
        if choices:
            return _("可用的取值：%(values)s。") % {"values": enumerated(value for value, _label in choices)}
        if name in ("listed_after", "listed_before"):
            return _("日期请写作 2024-03-15。")
        return _("请缩短关键词。") if name == "q" else FilterInvalid.remedy

    def require_valid(self) -> None:
        """Refuse a wrong value by naming its filter and the values that it takes (FilterInvalid)."""
        if mistakes := self.mistakes:
            first = mistakes[0]
            rows = [{key: str(value) for key, value in row.items() if key != "label"} for row in mistakes]
            raise FilterInvalid(first["message"], field=first["field"], remedy=first["remedy"], rows=rows)
