"""Applying for a test: choose a device, declare, see the plan while declaring, save, submit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.people.models import User
from products.devices.models import Device, DeviceType
from products.devices.selectors import devices_visible_to
from products.devices.services import describe_device
from products.orders.models import Order, Product
from products.orders.permissions import verbs_open_to
from products.orders.selectors import PlannedItem, compute_plan, orders_visible_to
from products.orders.services import change_draft, draft_order, submit_order
from products.portal.forms import ApplicationForm, StartForm, shown_value
from products.portal.views.access import member_page
from products.suites.models import Edition, ItemVersion
from products.suites.selectors import current_edition, items_of
from products.suites.states import Level
from wapicert.errors import DomainError
from wapicert.forms import Refusal, show_refusal


@dataclass(frozen=True)
class Application:
    """What a form is about: the type, the edition in force, and the device and order as far as they exist."""

    device_type: DeviceType
    edition: Edition
    reader: User
    device: Device | None = None
    order: Order | None = None

    def optional_items(self) -> list[ItemVersion]:
        """The items that the applicant may choose for this type."""
        return [
            item
            for item in items_of(self.edition)
            if any(row.device_type_id == self.device_type.pk and row.level == Level.OPTIONAL
                   for row in item.applicability.all())
        ]

    def form(self, data: Any = None) -> ApplicationForm:
        """The form, filled with what is known."""
        others = devices_visible_to(self.reader).filter(device_type=self.device_type)
        if self.order is not None:
            others = others.exclude(pk=self.order.device_id)
        return ApplicationForm(data, device_type=self.device_type, edition=self.edition, initial=self._initial(),
                               optional=self.optional_items(), others=others.order_by("name_zh", "model"))

    @property
    def product(self) -> Device | Product | None:
        """The device as the application says it, else as it is registered."""
        return self.order.product if self.order else self.device

    def _initial(self) -> dict[str, Any]:
        if self.device is None or self.product is None:
            return {}
        product, declaration = self.product, self.order.declaration if self.order else {}
        names = ("name_zh", "name_en", "model", "manufacturer", "factory")
        initial: dict[str, Any] = {name: getattr(product, name) for name in names}
        initial |= {"has_no_model": product.model is None, "predecessor": self.device.predecessor_id}
        fields = {row.key: row for row in self.device_type.fields.all()}
        for key, value in product.specification.items():
            initial[f"spec_{key}"] = shown_value(fields[key], value) if key in fields else value
        for key, value in declaration.get("features", {}).items():
            initial[f"feature_{key}"] = value
        initial |= {name: declaration.get(name, "") for name in ("hardware", "firmware")}
        initial["chosen"] = declaration.get("chosen", [])
        if self.order:
            initial |= {"remark": self.order.remark, "row_version": self.order.row_version,
                        "has_consented_to_listing": self.order.has_consented_to_listing}
        return initial


@member_page
def start(request: HttpRequest, user: User) -> HttpResponseBase:
    """Which device: a registered one, or a new one of a type that has test items."""
    devices = devices_visible_to(user).select_related("device_type").order_by("name_zh", "model")
    if request.method == "POST":
        form = StartForm(request.POST, devices=devices)
        if form.is_valid() and form.cleaned_data["device"]:
            return redirect("portal-apply-device", pk=form.cleaned_data["device"].pk)
        if form.is_valid() and form.cleaned_data["device_type"]:
            return redirect("portal-apply-new", code=form.cleaned_data["device_type"].code)
        form.add_error("device_type", _("请选择已登记的产品，或新产品的设备类型。"))
    else:
        form = StartForm(devices=devices)
    context = {"form": form, "devices": devices, "types": DeviceType.objects.all()}
    return render(request, "products/portal/start.html", context, status=422 if form.errors else 200)


@member_page
def apply_with_new_device(request: HttpRequest, user: User, code: str) -> HttpResponseBase:
    """An application for a device that is not registered yet."""
    device_type = get_object_or_404(DeviceType, code=code)
    return _apply(request, user, Application(device_type, current_edition(), user))


@member_page
def apply_with_device(request: HttpRequest, user: User, pk: int) -> HttpResponseBase:
    """An application for a registered device."""
    device = get_object_or_404(devices_visible_to(user).select_related("device_type"), pk=pk)
    return _apply(request, user, Application(device.device_type, current_edition(), user, device))


@member_page
def edit(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """A draft, or an application that was returned, is changed and submitted again."""
    order = get_object_or_404(orders_visible_to(user), number=number)
    if request.method != "POST" and "change" not in verbs_open_to(user, order):
        messages.info(request, _("申请已提交，内容不能再修改。"))
        return redirect("portal-order", number=number)
    edition = order.edition or current_edition()
    return _apply(request, user, Application(order.device.device_type, edition, user, order.device, order))


@require_POST
@member_page
def preview_plan(request: HttpRequest, user: User, code: str) -> HttpResponseBase:
    """The plan that the declaration gives now, as a fragment; nothing is saved."""
    application = Application(get_object_or_404(DeviceType, code=code), current_edition(), user)
    return render(request, "products/portal/plan_preview.html", _plan(application, application.form(request.POST)))


def _apply(request: HttpRequest, user: User, application: Application) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request, application, application.form())
    form = application.form(request.POST)
    verbs: dict[str, Callable[..., Order]] = {"save": _save, "submit": _submit}
    verb = verbs.get(request.POST.get("verb", ""))
    if verb is None or not form.is_valid():
        return _page(request, application, form, status=200 if verb is None else 422)
    try:
        order = verb(user, application, form)
    except DomainError as error:
        _show(form, error)
        return _page(request, application, form, status=error.status, refusal=error)
    messages.success(request, _("已提交，等待受理。") if verb is _submit else _("草稿已保存。"))
    return redirect("portal-order", number=order.number)


def _show(form: ApplicationForm, error: DomainError) -> None:
    """Each row of a refused specification beside its field; everything else where the error says."""
    rows = {f"spec_{str(row.get('field', '')).removeprefix('specification.')}": row for row in error.rows}
    known = {name: row for name, row in rows.items() if name in form.fields}
    for name, row in known.items():
        form.add_error(name, Refusal(DomainError(row["message"], remedy=row.get("remedy", ""))))
    if not known:
        show_refusal(form, error)


@transaction.atomic
def _save(user: User, application: Application, form: ApplicationForm) -> Order:
    """A new device and the draft, together or not at all; a registered device is not written to."""
    data, facts = form.cleaned_data, _facts(form)
    declared: dict[str, Any] = {
        "hardware": data["hardware"], "firmware": data["firmware"], "features": form.declared(),
        "chosen": form.chosen(), "remark": data["remark"],
        "has_consented_to_listing": data["has_consented_to_listing"],
    }
    if application.order is not None:
        return change_draft(order=application.order, actor=user, row_version=data["row_version"], product=facts,
                            **declared)
    if application.device is not None:
        return draft_order(device=application.device, actor=user, product=facts, **declared)
    assert user.company is not None
    device = describe_device(company=user.company, device_type=application.device_type, actor=user, **facts)
    return draft_order(device=device, actor=user, opens_device=True, **declared)


@transaction.atomic
def _submit(user: User, application: Application, form: ApplicationForm) -> Order:
    return submit_order(order=_save(user, application, form), actor=user, has_agreed=form.cleaned_data["has_agreed"])


def _facts(form: ApplicationForm) -> dict[str, Any]:
    names = ("name_zh", "name_en", "model", "manufacturer", "factory", "predecessor")
    return {name: form.cleaned_data[name] for name in names} | {"specification": form.specification()}


def _page(
    request: HttpRequest, application: Application, form: ApplicationForm, status: int = 200,
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    lacks_identity = refusal is not None and refusal.field == "uscc"
    context = {"form": form, "application": application, "lacks_identity": lacks_identity,
               **_plan(application, form)}
    return render(request, "products/portal/application.html", context, status=status)


def _plan(application: Application, form: ApplicationForm) -> dict[str, Any]:
    """The plan by category, or the refusal in its place."""
    if form.is_bound:
        specification, features, chosen = form.specification(), form.declared(), form.chosen()
    else:
        initial = form.initial
        specification = dict(application.product.specification) if application.product else {}
        features = {row.key: bool(initial.get(f"feature_{row.key}")) for row in form.features}
        chosen = initial.get("chosen", [])
    try:
        rows = compute_plan(edition=application.edition, device_type=application.device_type,
                            specification=specification, features=features, chosen=chosen)
    except DomainError as error:
        return {"plan_error": error}
    return {"groups": _by_category(rows), "totals": _totals(rows)}


def _by_category(rows: list[PlannedItem]) -> list[dict[str, Any]]:
    by_code: dict[str, list[PlannedItem]] = {}
    for row in rows:
        by_code.setdefault(row.item_version.category.code, []).append(row)
    return [{"category": group[0].item_version.category, "rows": group, **_totals(group)}
            for group in by_code.values()]


def _totals(rows: list[PlannedItem]) -> dict[str, int]:
    kinds = [str(row.inclusion) for row in rows]
    return {"included": kinds.count("in"), "optional": kinds.count("optional"), "out": kinds.count("out")}
