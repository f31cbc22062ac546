"""What the directory may be asked: words, facets of several values each, a company, dates, an order."""

from __future__ import annotations

from copy import copy
from functools import cached_property, lru_cache
from typing import Any, Self

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, TextChoices
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from members.companies import models as companies
from products.devices.models import DeviceType
from products.devices.states import BANDS, GENERATIONS
from products.listings.errors import FilterInvalid
from products.listings.models import Listing
from products.listings.selectors import PAGE_SIZE, Question, directory_tag
from products.listings.states import FACETS, NOT_STATED, ListingStatus
from products.suites.models import Category, Edition
from wapicert.enumeration import enumerated

Choices = dict[str, list[tuple[str, str]]]
# Nothing was listed before the standard of 2003.
FIRST_YEAR = 2003


class Ordering(TextChoices):
    """In which order listings come; relevance needs words."""

    RELEVANCE = "relevance", _("最相关")
    NEWEST = "-listed_on", _("最近列入")
    OLDEST = "listed_on", _("最早列入")
    MODEL = "model", _("型号 A–Z")
    MODEL_FALLING = "-model", _("型号 Z–A")
    COMPANY = "company", _("企业 A–Z")
    COMPANY_FALLING = "-company", _("企业 Z–A")


def words_of_choices(language: str) -> Choices:
    """The values of type, category and edition with their words; kept by the directory's version."""
    tag = directory_tag()
    return kept_words(tag, language) if tag else kept_words.__wrapped__(tag, language)


@lru_cache(maxsize=4)
def kept_words(tag: str, language: str) -> Choices:
    """The words as they were under this tag or shortly after; `load_catalogue` raises the version."""
    return {
        "type": list(DeviceType.objects.values_list("code", f"name_{language}")),
        "category": list(Category.objects.values_list("code", f"name_{language}")),
        "edition": list(Edition.objects.values_list("slug", f"label_{language}")),
    }


class Shallow:
    """A filter that is copied for each question without the texts and querysets that it holds, which never change."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = copy(self)
        twin.__dict__["extra"] = dict(self.__dict__["extra"])
        return twin


class Choice(Shallow, django_filters.ChoiceFilter):  # type: ignore[misc]  # django-filter ships no types
    """One of several values."""


class Company(Shallow, django_filters.ModelChoiceFilter):  # type: ignore[misc]  # as above
    """A company by its number."""


class Facet(Shallow, django_filters.MultipleChoiceFilter):  # type: ignore[misc]  # as above
    """Alternatives; those that are chosen are joined by OR. `selectors.answer` applies and counts them."""

    def __init__(self, *, label: Any, choices: list[tuple[str, Any]] | None = None) -> None:
        super().__init__(label=label, choices=[*(choices or []), (NOT_STATED, _("未载明"))])


class ListingFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """What the directory may be asked, the same for page and API; `question` is what `selectors.answer` answers."""

    q = django_filters.CharFilter(max_length=100, label=_("关键词"))
    type = Facet(label=_("设备类型"))
    band = Facet(label=_("频段"), choices=[(band, band) for band in BANDS])
    generation = Facet(label=_("802.11代际"), choices=[(name, name) for name in GENERATIONS])
    category = Facet(label=_("通过的测试类别"))
    year = Facet(label=pgettext_lazy("列入名录的年份", "年份"))
    edition = Facet(label=_("测试项目版本"))
    status = Facet(label=pgettext_lazy("条目的公开状态", "状态"), choices=ListingStatus.choices)
    # A company without listings is answered like one that does not exist: who has applied is not public.
    company = Company(
        queryset=companies.Company.objects.filter(Exists(Listing.objects.filter(company=OuterRef("pk")))),
        to_field_name="number", label=_("企业"),
        error_messages={"invalid_choice": _("没有此编号的企业。")},
    )
    listed_after = django_filters.DateFilter(label=_("列入日期不早于"))
    listed_before = django_filters.DateFilter(label=_("列入日期不晚于"))
    ordering = Choice(choices=Ordering.choices, label=_("排序"))

    class Meta:
        model = Listing
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = words_of_choices("en" if (get_language() or "").startswith("en") else "zh") | {
            "year": [(str(year), str(year)) for year in range(timezone.localdate().year + 1, FIRST_YEAR - 1, -1)],
        }
        for name, choices in known.items():
            self.filters[name].extra["choices"] = [*choices, *self.filters[name].extra["choices"]]

    def get_form_class(self) -> Any:
        """A form of what is asked alone: making a field costs more than reading its value."""
        fields = {name: one.field for name, one in self.filters.items() if name in self.data}
        return type("AskedForm", (forms.Form,), fields)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values that are right; `mistakes` has the others."""
        self.form.is_valid()
        cleaned: dict[str, Any] = self.form.cleaned_data
        return cleaned

    @property
    def selections(self) -> dict[str, list[str]]:
        """What is chosen of each facet."""
        return {facet: self.values.get(facet) or [] for facet in FACETS}

    def question(self, *, cursor: str | None = None, size: int = PAGE_SIZE) -> Question:
        """What is asked by the values that are right."""
        values = self.values
        return Question(
            query=values.get("q") or "", selections=self.selections, cursor=cursor, size=size,
            company=values["company"].pk if values.get("company") else None, ordering=values.get("ordering") or "",
            after=values.get("listed_after"), before=values.get("listed_before"),
        )

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
