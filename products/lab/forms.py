"""The forms of the laboratory's pages; services check what was entered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.access.forms import add_second_factor, typed_or_proved
from members.companies.models import Company
from members.people.models import User
from products.equipment.models import Tool, ToolKind
from products.orders.models import Order
from products.orders.states import REVIEW, DutyRule
from products.suites.models import Edition
from products.suites.rendering import label_of
from products.suites.selectors import editions_public
from products.suites.states import EditionStatus
from wapicert.errors import VersionUnnamed


class VersionedForm(forms.Form):
    """A form that remembers which version of the row its reader saw."""

    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def require_named(form: forms.Form) -> None:
    """Raise VersionUnnamed unless the form says which version its sender read, in every field that is there for it."""
    for name in ("row_version", "basis"):
        if name in form.fields and form.cleaned_data.get(name) in (None, ""):
            raise VersionUnnamed(field=name)


def basis_read() -> forms.CharField:
    """The basis of a decision as its maker read it; see certification.selectors.basis_of."""
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)


def needed_text(label: Any, rows: int = 2, **options: Any) -> forms.CharField:
    """A text that the service demands: the form lets it pass empty, so that the service says what is missing."""
    widget = forms.Textarea(attrs={"rows": rows, "data-needed": "1"})
    return forms.CharField(label=label, required=False, widget=widget, **options)


def needed_line(label: Any, **options: Any) -> forms.CharField:
    """The same in one line."""
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs={"data-needed": "1"}), **options)


def own_password() -> forms.CharField:
    """The password again, before an act that binds the alliance; never sent back."""
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password", "data-needed": "1"})
    return forms.CharField(label=_("再次输入本人密码"), required=False, strip=False, widget=widget)


class ReasonForm(VersionedForm):
    """An act that needs a reason."""

    reason = needed_text(_("原因"))


class ConfirmForm(VersionedForm):
    """An act that needs nothing but a click."""


class EditionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers editions by their labels in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The label of the edition."""
        return label_of(obj)


class AcceptForm(VersionedForm):
    """The review of a request, point by point, and the edition that will be pinned."""

    edition = EditionField(
        editions_public().filter(status=EditionStatus.PUBLISHED), label=_("测试项目版本"), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in REVIEW.items():
            self.fields[f"review.{key}"] = forms.BooleanField(label=label, required=False)

    def review(self) -> dict[str, bool]:
        """The points that were confirmed."""
        return {key: bool(self.cleaned_data.get(f"review.{key}")) for key in REVIEW}


class RebaseForm(forms.Form):
    """Another edition for an order in testing, and why."""

    edition = EditionField(editions_public().filter(status=EditionStatus.PUBLISHED), label=_("测试项目版本"),
                           to_field_name="slug")
    reason = needed_text(_("原因（告知送测单位）"))

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("EditionField", self.fields["edition"])
        own = order.edition.slug if order.edition else ""
        field.queryset = editions_public().filter(status=EditionStatus.PUBLISHED).exclude(slug=own)

    def chosen_edition(self, slug: str) -> Any:
        """The edition that was sent or is looked at; None for none."""
        field = cast("EditionField", self.fields["edition"])
        wanted = self.data.get("edition") or slug
        return field.queryset.filter(slug=wanted).first() if wanted and field.queryset is not None else None


class SampleForm(VersionedForm):
    """A specimen as it arrived."""

    serial_number = forms.CharField(label=_("样品序列号"), max_length=80)
    hardware = forms.CharField(label=_("硬件版本"), max_length=60)
    firmware = forms.CharField(label=_("软件/固件版本"), max_length=60)
    condition = forms.CharField(label=_("外观与状态"), max_length=200)


# Acts on an application that name the version that was read.
JUDGES_WHAT_WAS_READ = frozenset({"accept", "return", "decline"})


def form_for(verb: str, order: Order, data: Any = None) -> forms.Form:
    """The form of a verb of the order, filled with what is known."""
    initial: dict[str, Any] = {"row_version": order.row_version}
    kinds: dict[str, type[VersionedForm]] = {
        "accept": AcceptForm, "receive_sample": SampleForm, "close": ConfirmForm, "resume": ConfirmForm,
    }
    if verb == "receive_sample":
        initial |= {name: order.declaration.get(name, "") for name in ("hardware", "firmware")}
    form = kinds.get(verb, ReasonForm)(data, initial=initial, auto_id=f"{verb}_%s")
    if verb in JUDGES_WHAT_WAS_READ:
        version = form.fields["row_version"]
        version.required, version.error_messages["required"] = True, _("请求未注明所读的版本，请刷新页面后重新办理。")
    return form


class SignedForm(VersionedForm):
    """An act that binds the alliance: at its end whoever acts is asked for again."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = own_password()
        add_second_factor(self, request)

    def clean(self) -> dict[str, Any]:
        """What the service takes."""
        return typed_or_proved(self, super().clean() or {})


class AuthoriseForm(SignedForm):
    """The signatory's signature."""


class WithdrawForm(SignedForm):
    """A report is to be withdrawn before the public's eyes."""

    reason = needed_text(_("原因（公开）"))


class AmendForm(SignedForm):
    """Why an issued report is amended, and the declared facts that it prints otherwise."""

    reason = needed_text(_("更正理由（印入新报告）"))

    def __init__(self, *args: Any, facts: dict[str, tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facts = facts
        for path, (label, text) in facts.items():
            self.fields[path] = forms.CharField(label=label, required=False, max_length=400, initial=text)
        self.order_fields(["row_version", "reason", *facts])

    def clean(self) -> dict[str, Any]:
        """What the service takes: the facts that were changed, by their place."""
        cleaned = super().clean()
        changed = {path: cleaned[path] for path, (_label, text) in self.facts.items()
                   if cleaned.get(path) and cleaned[path] != text}
        return {key: value for key, value in cleaned.items() if key not in self.facts} | {"corrections": changed}


class RecommendForm(forms.Form):
    """The reviewer's opinion."""

    basis = basis_read()
    grant = forms.ChoiceField(label=_("意见"), widget=forms.RadioSelect,
                              choices=[("yes", _("建议授予")), ("no", _("建议不予授予"))])
    reason = forms.CharField(label=_("理由"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class DecideForm(SignedForm):
    """The decision; refusing needs a reason, and granting against the recommendation."""

    basis = basis_read()
    grant = forms.ChoiceField(
        label=_("决定"), widget=forms.RadioSelect,
        choices=[("yes", _("授予并列入名录")), ("no", pgettext_lazy("办理", "不予授予"))],
    )
    reason = needed_text(_("理由（不予授予或与评定意见不同时必填，告知送测单位）"), rows=3)


class StatusForm(SignedForm):
    """A new state of a certification, with the reason that the public reads."""

    public_reason_zh = needed_text(_("公开的原因（中文）"))
    public_reason_en = forms.CharField(label=_("公开的原因（英文，选填）"), required=False,
                                       widget=forms.Textarea(attrs={"rows": 2, "data-needed": "1"}))


class BackForm(StatusForm):
    """A certification becomes valid again, on the basis that was read."""

    basis = basis_read()


class EditionForm(forms.Form):
    """An act on an edition names what was read; see suites.selectors.version_of."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class PublishForm(EditionForm):
    """From when an edition may be used, from when it counts, and whether new applications follow it."""

    available_on = forms.DateField(label=_("可用自"), required=False,
                                   widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    active_on = forms.DateField(label=_("生效自"), required=False,
                                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    is_mandatory = forms.BooleanField(label=_("新的申请以此版本为准"), required=False)


class RetireForm(EditionForm):
    """Why no new application names the edition any more, from when, and what takes its place."""

    reason = needed_text(_("原因"))
    ends_on = forms.DateField(label=_("停用自（留空即今天）"), required=False,
                              widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    replaced_by = EditionField(editions_public().filter(status=EditionStatus.PUBLISHED), label=_("接替的版本"),
                               required=False, empty_label="–")
    accepts_gap = forms.BooleanField(
        label=_("确认停用后没有新申请可采用的版本"), required=False,
        help_text=_("没有其他以其为准的版本：自停用之日起不能提交新的申请，直至发布新的版本。"))

    def ask_about(self, edition: Edition, *, has_others: bool) -> None:
        """Offer every other edition as the successor; ask for the confirmation only where one is needed."""
        field = self.fields["replaced_by"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = cast("Any", field.queryset).exclude(pk=edition.pk)
        if has_others:
            del self.fields["accepts_gap"]


@dataclass(frozen=True)
class Act:
    """One act as a page offers it: a form with its button; folded ones open when they come back refused."""

    label: Any
    action: str
    form: forms.Form
    icon: str = ""
    tone: str = ""
    is_folded: bool = True


class DoubtForm(forms.Form):
    """What is in doubt; at least one criterion."""

    tool = forms.ChoiceField(label=_("测试工具"), required=False)
    person = forms.CharField(label=_("人员（工号）"), max_length=20, required=False,
                             help_text=_("录入或校核过的结果都算。"))
    since = forms.DateField(label=_("测试日期自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("测试日期至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, tools: Iterable[Tool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("全部")), *((tool.number, str(tool)) for tool in tools)]
        cast("forms.ChoiceField", self.fields["tool"]).choices = choices

    def clean(self) -> dict[str, Any]:
        """At least one criterion, or everything ever tested would be in doubt."""
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("请至少填写一个条件。"))
        return data

    def in_words(self) -> str:
        """The criteria as the history keeps them."""
        data = getattr(self, "cleaned_data", {})
        return " · ".join(f"{field.label} {data[name]}" for name, field in self.fields.items() if data.get(name))


class ToolForm(forms.Form):
    """A tool that results will be measured with."""

    number = forms.CharField(label=_("编号"), max_length=30)
    name_zh = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("种类"), choices=ToolKind.choices)
    calibrated_until = forms.DateField(
        label=_("校准有效期至"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("无需校准的留空。"),
    )


class CompanyNamesForm(VersionedForm):
    """What a company is called; the register and its search follow at once."""

    name_zh = needed_line(_("名称"), max_length=200)
    short_name_zh = forms.CharField(label=_("简称"), required=False, max_length=60)
    name_en = forms.CharField(label=_("英文名称"), required=False, max_length=200)
    name_en_confirmed = forms.BooleanField(label=_("英文名称已由企业确认"), required=False)


class CompanyAddressForm(VersionedForm):
    """Where a company sits."""

    address_zh = forms.CharField(label=_("地址"), required=False, max_length=300)
    address_en = forms.CharField(label=_("英文地址"), required=False, max_length=300)


class CompanyCodeForm(VersionedForm):
    """The company's 统一社会信用代码."""

    uscc = needed_line(_("统一社会信用代码"), max_length=40)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers people by name and staff number."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and staff number."""
        return f"{obj.name} {obj.staff_number}"


class CompanyField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers companies by the name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name."""
        return str(obj)


class ConflictForm(forms.Form):
    """A declaration of a tie between a person and a company."""

    user = PersonField(User.objects.none(), label=_("人员"))
    company = CompanyField(Company.objects.none(), label=_("单位"))
    reason = needed_text(_("利益关系"))

    def __init__(self, *args: Any, people: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, rows in {"user": people, "company": Company.objects.order_by("name_zh")}.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows


class ExceptionForm(forms.Form):
    """An exception from a separation of duties, for one person on one order."""

    order = forms.CharField(label=_("委托编号"), max_length=20)
    user = PersonField(User.objects.none(), label=_("人员"))
    rule = forms.ChoiceField(label=_("规则"), choices=DutyRule.choices)
    valid_until = forms.DateField(label=_("截止日期"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = needed_text(_("原因"))

    def __init__(self, *args: Any, people: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people
