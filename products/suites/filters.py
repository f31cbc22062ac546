"""What lists of items may be asked: those for a device type, those of a category."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from products.devices.models import DeviceType
from products.suites.errors import ItemFilterInvalid
from products.suites.models import Category, ItemVersion
from products.suites.rendering import name_of
from wapicert.enumeration import enumerated


class NamedChoiceField(django_filters.fields.ModelChoiceField):  # type: ignore[misc]  # untyped, too
    """Offers rows by their names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name of the row."""
        return name_of(obj)


class NamedChoiceFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]  # untyped, too
    """Asks for one row of a table that has names in both languages."""

    field_class = NamedChoiceField


class ItemFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """The filters of an edition's items, the same for page and API."""

    device_type = NamedChoiceFilter(
        queryset=DeviceType.objects.all(), to_field_name="code", field_name="applicability__device_type",
        label=_("设备类型"), empty_label=_("全部设备类型"),
        error_messages={"invalid_choice": _("没有这种设备类型。")},
    )
    category = NamedChoiceFilter(
        queryset=Category.objects.all(), to_field_name="code", label=_("测试类别"), empty_label=_("全部类别"),
        error_messages={"invalid_choice": _("没有这个测试类别。")},
    )

    class Meta:
        model = ItemVersion
        fields: list[str] = []

    def require_valid(self) -> None:
        """Refuse a wrong value by naming its filter and the values that it takes (ItemFilterInvalid)."""
        for name, messages in self.form.errors.items():
            codes = enumerated(self.filters[name].queryset.values_list("code", flat=True))
            remedy = _("可用的取值：%(values)s。") % {"values": codes}
            raise ItemFilterInvalid(messages[0], field=name, remedy=remedy)
