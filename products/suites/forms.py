"""The forms of drafts; what they send is checked with the draft as a whole by `suites.importing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from products.devices.states import Origin
from products.suites.importing import message_of
from products.suites.models import Edition
from products.suites.rendering import label_of, name_of
from products.suites.selectors import basis_in, basis_text
from products.suites.selectors.content import Content
from products.suites.selectors.sheets import Words
from products.suites.states import Comparator, Level, MeasurementRole, MeasurementType, ResultType
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

Row = dict[str, Any]
UNSET = ("", "–")
TEXTS = ("group_zh", "name_zh", "name_en", "requirement_zh", "requirement_en", "result_type", "origin", "category")


def _line(label: Any, most: int = 200, **options: Any) -> forms.CharField:
    """A line that the check of the draft demands, so that it passes here empty; `data-needed` keeps 选填 away."""
    widget = forms.TextInput(attrs={"data-needed": "1"})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, **options)


def _text(label: Any, rows: int, needed: bool = True, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, **({"data-needed": "1"} if needed else {})})
    return forms.CharField(label=label, required=False, widget=widget, **options)


def _choice(label: Any, choices: Any = (), **options: Any) -> forms.ChoiceField:
    """A choice; which of them must be made is for the check of the draft to say."""
    return forms.ChoiceField(label=label, choices=choices, required=False,
                             widget=forms.Select(attrs={"data-needed": "1"}), **options)


class MeasurementForm(forms.Form):
    """A value that an item asks for; a row left without key and names is no value."""

    key = _line(_("键"), 40)
    name_zh = _line(_("名称"), 80)
    name_en = _line(_("英文名称"), 80)
    type = _choice(_("类型"), choices=MeasurementType.choices)
    unit = forms.CharField(label=pgettext_lazy("数值", "单位"), max_length=20, required=False)
    choices = _text(_("选项（每行一个）"), 2, needed=False)
    comparator = _choice(_("比较"), choices=[UNSET, *Comparator.choices])
    limit = forms.CharField(label=_("限值"), max_length=24, required=False)
    limit_origin = forms.CharField(label=_("限值来源"), max_length=200, required=False)
    role = _choice(_("作用"), choices=MeasurementRole.choices)

    def row(self) -> Row | None:
        """The value as the suite's data has it; None for an empty row."""
        data = self.cleaned_data
        if not any(data.get(name) for name in ("key", "name_zh", "name_en", "limit", "unit")):
            return None
        return {**{name: data[name] for name in ("key", "name_zh", "name_en", "unit", "limit_origin")},
                "type": data["type"] or MeasurementType.NUMBER, "role": data["role"] or MeasurementRole.RESULT,
                "choices": _lines(data["choices"]) or None, "comparator": data["comparator"] or None,
                "limit": data["limit"].strip() or None}


MeasurementForms = forms.formset_factory(MeasurementForm, extra=2, can_delete=True, max_num=12)


class ItemForm(forms.Form):
    """An item of a draft, with its applicability per device type; `measurements` are forms of their own."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    code = _line(_("编号"), 20)
    category = _choice(_("类别"))
    group_zh = forms.CharField(label=_("分组"), max_length=80, required=False)
    parent = _choice(_("父项"))
    name_zh = _line(_("名称"), 120)
    name_en = _line(_("英文名称"), 160)
    requirement_zh = _text(_("要求"), 3)
    requirement_en = _text(_("英文要求"), 3)
    result_type = _choice(_("判定方式"), ResultType.choices)
    origin = _choice(_("来源"), Origin.choices, initial=Origin.PROPOSED)
    basis = _text(_("依据（每行一个：文件代号，空格，条款）"), 2, needed=False)
    evidence = _text(_("证据（每行一种）"), 2, needed=False)
    after = _choice(_("位置"))

    def __init__(self, data: Any = None, *, words: Words, codes: list[str], item: Content | None = None,
                 seen: str = "") -> None:
        super().__init__(data, initial=_initial(item, seen) if item else None, auto_id="item_%s")
        self.item, self.types = item, [row.code for row in words.types]
        self._choose("category", [(row.code, name_of(row)) for row in words.categories])
        others = [code for code in codes if not item or code != item["code"]]
        self._choose("parent", [UNSET, *((code, code) for code in others)])
        self._choose("after", [("", _("不变") if item else _("同组的最后")), ("-", _("最前")),
                               *((code, _("在 %(code)s 之后") % {"code": code}) for code in others)])
        if item:
            self.fields["code"].disabled = True
        levels = [UNSET, *((str(one), one.label) for one in Level if one != Level.CONDITIONAL)]
        conditional = Level.CONDITIONAL.label
        conditions = [(f"C:{row.key}", f"{conditional}: {name_of(row)}") for row in words.features]
        for row in words.types:
            choices = [*levels, *conditions]
            self.fields[f"applicability.{row.code}"] = _choice(f"{row.code} {name_of(row)}", choices)
        self.measurements = MeasurementForms(data, initial=item["measurements"] if item and data is None else None,
                                             prefix="measured")
        for form in self.measurements.initial_forms:
            shown = form.initial.get("choices")
            form.initial = {**form.initial, "choices": "\n".join(shown or [])}

    def _choose(self, name: str, choices: list[Any]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def is_valid(self) -> bool:
        """The item's own boxes and those of its values."""
        return super().is_valid() and self.measurements.is_valid()

    @property
    def rules(self) -> list[forms.BoundField]:
        """The boxes of applicability."""
        return [self[f"applicability.{code}"] for code in self.types]

    @property
    def facts(self) -> list[forms.BoundField]:
        """All other boxes that are shown."""
        return [field for field in self.visible_fields() if not field.name.startswith("applicability.")]

    def row(self) -> Row:
        """The item as the suite's data has it."""
        data = self.cleaned_data
        measured = [form.row() for form in self.measurements.forms
                    if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return {**{name: data[name] for name in TEXTS}, "code": data["code"].strip(), "parent": data["parent"] or None,
                "basis": basis_in(data["basis"]), "evidence_zh": _lines(data["evidence"]),
                "applicability": {code: rule_in(rule) for code in self.types
                                  if (rule := data[f"applicability.{code}"])},
                "measurements": [row for row in measured if row]}

    def place(self) -> str | None:
        """Behind which item it shall stand: None as before, "" first."""
        after = self.cleaned_data["after"]
        return "" if after == "-" else after or None

    def show(self, error: DomainError) -> None:
        """The refusal beside the boxes at fault; what concerns other items stands at the top."""
        if not error.rows:
            show_refusal(self, error)
        for row in error.rows:
            self._show_row(row)

    def _show_row(self, row: Mapping[str, Any]) -> None:
        name, message = str(row["field"]), str(message_of(row["code"]))
        part, *rest = name.split(".")
        own = row["item"] == self.cleaned_data.get("code")
        form = next((one for one in self.measurements.forms if rest and one.cleaned_data.get("key", "") == rest[0]),
                    None) if part == "measurements" and own else None
        target = f"applicability.{rest[0]}" if part == "applicability" and rest else part
        if form is not None:
            form.add_error(rest[1] if len(rest) > 1 else "key", message)
        elif own and target in self.fields:
            self.add_error(target, message)
        else:
            self.add_error(None, f"{row['item'] or ''} {name}：{message}")


class DraftForm(forms.Form):
    """A new draft with the items of another edition."""

    predecessor = forms.ModelChoiceField(Edition.objects.none(), label=_("沿用的版本"), to_field_name="slug",
                                         empty_label=None)
    slug = _line(_("标识（用于网址，发布后不变）"), 40, help_text=_("小写字母、数字和连字符，例如 2026-09。"))
    label_zh = _line(_("简称"), 120)
    label_en = _line(_("英文简称"), 120)

    def __init__(self, data: Any = None, *, editions: Any) -> None:
        super().__init__(data, auto_id="draft_%s")
        field = cast("forms.ModelChoiceField[Edition]", self.fields["predecessor"])
        field.queryset = editions
        field.label_from_instance = label_of  # type: ignore[method-assign,assignment]


class FactsForm(forms.Form):
    """What a draft is called, and from when it shall count."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    label_zh = _line(_("简称"), 120)
    label_en = _line(_("英文简称"), 120)
    name_zh = forms.CharField(label=_("全称"), max_length=200, required=False)
    name_en = forms.CharField(label=_("英文全称"), max_length=200, required=False)
    available_on = forms.DateField(label=_("可用自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    active_on = forms.DateField(label=_("生效自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    mandatory = forms.BooleanField(label=_("新的申请以此版本为准"), required=False)

    def row(self) -> Row:
        """The facts as the suite's data has them."""
        return {name: (value.isoformat() if hasattr(value, "isoformat") else value if value != "" else None)
                for name, value in self.cleaned_data.items() if name != "seen"}

    def show(self, error: DomainError) -> None:
        """The refusal beside its box."""
        if not error.rows:
            show_refusal(self, error)
        for row in error.rows:
            field = row["field"].rpartition(".")[2]
            self.add_error(field if field in self.fields else None, str(message_of(row["code"])))


def rule_in(text: str) -> Row:
    """A rule from its choice: M, O, or C with the feature that decides."""
    level, _colon, feature = text.partition(":")
    return {"level": level, "when": feature or None}


def _initial(item: Content, seen: str) -> Row:
    rules = {f"applicability.{code}": f"C:{rule['feature']}" if rule["feature"] else rule["level"]
             for code, rule in item["applicability"].items()}
    return {**{name: item[name] for name in (*TEXTS, "code", "parent")}, **rules, "seen": seen,
            "basis": basis_text(item["basis"]), "evidence": "\n".join(item["evidence"])}


def _lines(text: str) -> Iterable[Any]:
    return [line.strip() for line in text.splitlines() if line.strip()]
