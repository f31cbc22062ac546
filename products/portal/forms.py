"""The forms of the member portal: an application, an answer to a finding, and small acts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from products.devices.models import Device, DeviceType, SpecificationField
from products.devices.rendering import word
from products.devices.selectors import specification_fields
from products.devices.states import FieldType, Required
from products.suites.models import Edition, ItemVersion
from products.suites.selectors import asked_features
from products.webhooks.states import Event
from wapicert.enumeration import enumerated

# The device's own columns and versions have fields of their own in the form.
OWN_COLUMNS = frozenset({"company", "product_name", "model", "device_type", "hw_ver", "fw_ver"})
OTHER = "__other"
WHOLE = re.compile(r"-?[0-9]{1,15}")


def named(row: Any) -> str:
    """The row's name in the reader's language."""
    return str(row.name_en if get_language() == "en" and row.name_en else row.name_zh)


def labelled(row: Any) -> str:
    """The row's name, of a device with its model."""
    if not isinstance(row, Device):
        return named(row)
    return f"{named(row)} · {row.model or _('型号未载明')}"


def specification_field(field: SpecificationField) -> forms.Field:
    """The form field for a specification field; the topic's rules check the value, the widget only helps."""
    common: dict[str, Any] = {"label": named(field), "required": False, "help_text": field.hint_zh}
    choices = [(value, word(value)) for value in field.options or []]
    if field.type == FieldType.BOOLEAN:
        answers = [("", "–"), ("1", _("是")), ("0", _("否"))]
        return forms.ChoiceField(**common, choices=answers, widget=forms.RadioSelect)
    if choices and field.is_open:
        common["help_text"] = _("可选：%(options)s；也可填写其他，多项用逗号分隔。") % {
            "options": enumerated(field.options or [])
        }
        return forms.CharField(**common)
    if field.type == FieldType.ENUM:
        return forms.ChoiceField(**common, choices=[("", "–"), *choices])
    if field.type == FieldType.MULTI:
        return forms.MultipleChoiceField(**common, choices=choices, widget=forms.CheckboxSelectMultiple)
    return forms.CharField(**common, widget=_text_widget(field))


def _text_widget(field: SpecificationField) -> forms.Widget:
    """A box for text; numbers keep what was typed wrongly, which a number box forgets."""
    if field.type == FieldType.DATE:
        return forms.DateInput(attrs={"type": "date"})
    attrs = {"data-unit": word(field.unit)} if field.unit else {}
    if field.type in (FieldType.INTEGER, FieldType.NUMBER):
        attrs["inputmode"] = "decimal"
    return forms.TextInput(attrs=attrs)


def shown_value(field: SpecificationField, value: Any) -> Any:
    """A stored value as its form field shows it."""
    if value is None:
        return None
    if field.type == FieldType.BOOLEAN:
        return "1" if value else "0"
    if isinstance(value, list) and field.is_open:
        return "，".join(value)
    return value


def stored_value(field: SpecificationField, typed: Any) -> Any:
    """What was typed, as the specification holds it; None for nothing. Wrong values pass, to be refused by name."""
    if typed in ("", None, []):
        return None
    if field.type == FieldType.BOOLEAN:
        return typed == "1"
    if field.type == FieldType.MULTI and field.is_open:
        return [part.strip() for part in typed.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    if field.type == FieldType.INTEGER:
        return int(typed) if WHOLE.fullmatch(str(typed).strip()) else typed
    return typed


class StartForm(forms.Form):
    """Which device the application is for: one that is registered, or a new one of a type."""

    device = forms.ModelChoiceField(Device.objects.none(), required=False, label=_("已登记的产品"))
    device_type = forms.ModelChoiceField(
        DeviceType.objects.all(), required=False, label=_("新产品的设备类型"), to_field_name="code"
    )

    def __init__(self, *args: Any, devices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices  # type: ignore[attr-defined]  # ModelChoiceField has it
        for name in ("device", "device_type"):
            self.fields[name].label_from_instance = labelled  # type: ignore[attr-defined]


class ApplicationForm(forms.Form):
    """An application: the device's facts, its versions, what it declares, what the applicant chooses beside."""

    name_zh = forms.CharField(label=_("产品名称"), max_length=120)
    name_en = forms.CharField(label=_("产品英文名称"), max_length=120, required=False)
    model = forms.CharField(label=_("产品型号"), max_length=80, required=False,
                            widget=forms.TextInput(attrs={"data-needed": "1"}))
    has_no_model = forms.BooleanField(label=_("产品上没有型号"), required=False,
                                      help_text=_("报告、证明和名录中型号写“未载明”；请不要填写代替的文字。"))
    predecessor = forms.ModelChoiceField(
        Device.objects.none(), required=False, label=_("接替的产品"), empty_label="–",
        help_text=_("本产品获证后，该产品的证书由本产品的接替。没有接替关系的不选。"))
    manufacturer = forms.CharField(label=_("制造商"), max_length=200, required=False,
                                   help_text=_("与送测单位不同时填写。"))
    factory = forms.CharField(label=_("生产厂及地址"), max_length=300, required=False,
                              help_text=_("与制造商不同时填写。"))
    hardware = forms.CharField(label=_("硬件版本"), max_length=60, required=False)
    firmware = forms.CharField(label=_("软件/固件版本"), max_length=60, required=False)
    remark = forms.CharField(label=_("备注"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    has_consented_to_listing = forms.BooleanField(
        label=_("通过后同意将该产品列入公开名录"), required=False, initial=True
    )
    has_agreed = forms.BooleanField(
        label=_("本单位已阅读并同意委托协议，并确认以上内容属实"), required=False
    )
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, device_type: DeviceType, edition: Edition, optional: list[ItemVersion], others: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["predecessor"].queryset = others  # type: ignore[attr-defined]  # ModelChoiceField has it
        self.fields["predecessor"].label_from_instance = labelled  # type: ignore[attr-defined]
        self.specification_rows = [row for row in specification_fields(device_type) if row.key not in OWN_COLUMNS]
        for row in self.specification_rows:
            self.fields[f"spec_{row.key}"] = specification_field(row)
        needed = [f"spec_{row.key}" for row in self.specification_rows if row.required == Required.REQUIRED]
        for name in (*needed, "hardware", "firmware"):
            # A draft may lack it, an application not: the label says so, the services check.
            self.fields[name].widget.attrs["data-needed"] = "1"
        self.features = asked_features(edition, device_type)
        for feature in self.features:
            self.fields[f"feature_{feature.key}"] = forms.BooleanField(label=named(feature), required=False)
        self.fields["chosen"] = forms.MultipleChoiceField(
            label=_("可选测试项"), required=False, widget=forms.CheckboxSelectMultiple,
            choices=[(item.code, f"{item.code} {named(item)}") for item in optional],
        )
        self.has_optional_items = bool(optional)

    def clean(self) -> dict[str, Any]:
        """What the services take: a model, or that there is none, never both and never neither."""
        data = super().clean() or {}
        model, has_none = data.get("model"), data.get("has_no_model")
        if not self.has_error("model") and bool(model) == bool(has_none):
            asked = _("此项必填：请填写型号，或勾选“产品上没有型号”。")
            self.add_error("model", _("型号与“产品上没有型号”只能填一项。") if model else asked)
        data["model"] = None if has_none else model
        return data

    def group(self, prefix: str) -> list[forms.BoundField]:
        """The bound fields whose names begin so."""
        return [self[name] for name in self.fields if name.startswith(prefix)]

    @property
    def required_specification(self) -> list[forms.BoundField]:
        """Fields that an application must fill in."""
        return [self[f"spec_{row.key}"] for row in self.specification_rows if row.required == Required.REQUIRED]

    @property
    def other_specification(self) -> list[forms.BoundField]:
        """Fields that may stay empty."""
        return [self[f"spec_{row.key}"] for row in self.specification_rows if row.required != Required.REQUIRED]

    @property
    def feature_fields(self) -> list[forms.BoundField]:
        """One check box per feature that is asked."""
        return self.group("feature_")

    def specification(self) -> dict[str, Any]:
        """The specification that was typed, without what was left empty."""
        values = {row.key: stored_value(row, self._typed(f"spec_{row.key}")) for row in self.specification_rows}
        return {key: value for key, value in values.items() if value is not None}

    def declared(self) -> dict[str, bool]:
        """The features as they are checked."""
        return {row.key: bool(self._typed(f"feature_{row.key}")) for row in self.features}

    def chosen(self) -> list[str]:
        """The optional items that are checked."""
        return list(self._typed("chosen") or [])

    def _typed(self, name: str) -> Any:
        field = self.fields[name]
        return field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))


class SeveralFilesInput(forms.ClearableFileInput):
    """A box that takes several files at once."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Any number of files; what they may be is asked when they are stored."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files that were chosen, in their order."""
        return list(data or [])


class AnswerForm(forms.Form):
    """A vendor's answer to a finding."""

    cause = forms.CharField(label=_("原因分析"), widget=forms.Textarea(attrs={"rows": 4}))
    changes = forms.CharField(label=_("所做的更改"), widget=forms.Textarea(attrs={"rows": 4}))
    hardware = forms.CharField(label=_("硬件版本"), max_length=60)
    firmware = forms.CharField(label=_("新的固件版本"), max_length=60)
    attachments = SeveralFilesField(label=_("附件"), required=False, help_text=_("整改说明、抓包、日志等；可不附。"))
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReasonForm(forms.Form):
    """Why something is cancelled, refused or given up."""

    reason = forms.CharField(label=_("原因"), widget=forms.Textarea(attrs={"rows": 3}))
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class UsccForm(forms.Form):
    """The company's 统一社会信用代码."""

    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=40)


class WebhookForm(forms.Form):
    """An address of the member's own system and what it wants to be told."""

    url = forms.CharField(label=_("地址"), max_length=500, help_text=_("以 https:// 开头的公网地址。"),
                          widget=forms.URLInput)
    events = forms.MultipleChoiceField(label=_("事件"), choices=Event.choices, widget=forms.CheckboxSelectMultiple)
