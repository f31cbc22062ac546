"""What a figure of the laboratory is asked for: days, device type, edition, company; for a trend, device and value."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from members.companies.models import Company
from products.devices.models import DeviceType
from products.insight.selectors import Scope, devices_named, measurements_numbered
from products.suites.filters import NamedChoiceField
from products.suites.models import Edition, Measurement
from products.suites.rendering import label_of, name_of

UNKNOWN = {"invalid_choice": _("没有这一项。")}


class EditionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers editions by their labels in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The label of the edition."""
        return label_of(obj)


class MeasurementField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers measured numbers by item and name; `FUN-ASP:auth_per_s` names one."""

    def prepare_value(self, value: Any) -> Any:
        """The name of a measurement."""
        return f"{value.item_version.code}:{value.key}" if isinstance(value, Measurement) else value

    def label_from_instance(self, obj: Any) -> str:
        """Code, name and unit."""
        return f"{obj.item_version.code} {name_of(obj)}{f' ({obj.unit})' if obj.unit else ''}"

    def to_python(self, value: Any) -> Any:
        """The measurement that is named."""
        if not value:
            return None
        code, _colon, key = str(value).partition(":")
        rows = cast("Any", self.queryset)
        found = rows.filter(item_version__code=code, key=key).first()
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}),
                           error_messages={"invalid": _("日期请写作 2025-06-30。")})


class ScopeForm(forms.Form):
    """The scope of a figure; nothing is everything."""

    since = _day(_("日期自"))
    until = _day(_("日期至"))
    type = NamedChoiceField(queryset=DeviceType.objects.filter(testable=True), to_field_name="code", required=False,
                            label=_("设备类型"), empty_label=_("全部设备类型"), error_messages=UNKNOWN)
    edition = EditionField(Edition.objects.order_by("-slug"), to_field_name="slug", required=False,
                           label=_("测试项目版本"), empty_label=_("全部版本"), error_messages=UNKNOWN)
    company = forms.ModelChoiceField(Company.objects.order_by("name_zh"), to_field_name="number", required=False,
                                     label=_("送测单位"), empty_label=_("全部单位"), error_messages=UNKNOWN)

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("结束日期不能早于开始日期。"))
        return data

    @property
    def asked(self) -> dict[str, Any]:
        """The values that were right."""
        self.full_clean()
        return getattr(self, "cleaned_data", {})

    @property
    def scope(self) -> Scope:
        """What was asked for, without what was wrong."""
        asked = self.asked
        return Scope(asked.get("since"), asked.get("until"), asked.get("type"), asked.get("edition"),
                     asked.get("company"))


class TrendForm(ScopeForm):
    """Which device and value a trend shows."""

    model = forms.CharField(label=_("型号"), max_length=80, required=False, help_text=_("可填型号的一部分。"))
    measurement = MeasurementField(Measurement.objects.none(), label=_("测量值"), required=False,
                                   empty_label=_("请选择"), error_messages=UNKNOWN)
    # One of several devices whose models contain what was typed.
    device = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ["model", "measurement"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("MeasurementField", self.fields["measurement"]).queryset = measurements_numbered()

    def devices(self) -> list[Any]:
        """The devices that are meant, no more than a page can offer."""
        asked = self.asked
        if not asked.get("model"):
            return []
        rows = devices_named(asked["model"])
        return list(rows.filter(pk=asked["device"]) if asked.get("device") else rows[:21])
