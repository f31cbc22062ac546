"""Who may do what, and who did: roles, authorisations, conflicts and exceptions on one page, for assessors too."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from members.history.models import Entry
from members.people.models import ConflictOfInterest, RoleGrant, User
from members.people.permissions import can_declare_conflict
from members.people.services import declare_conflict, end_conflict
from members.people.states import STAFF_ROLES, Activity, Role
from products.lab.forms import ConflictForm, ExceptionForm
from products.lab.views.access import lab_page
from products.lab.views.tools import parse_day
from products.orders.models import DutyException
from products.orders.selectors import orders_visible_to
from products.orders.services import end_exception, release_exception
from products.orders.states import DutyRule
from wapicert.errors import DomainError, Forbidden
from wapicert.forms import show_refusal

SHOWN_DAYS = 90


@require_GET
@lab_page
def show_duties(request: HttpRequest, user: User) -> HttpResponseBase:
    """Rights, declarations, exceptions and a count of acts per person in a period."""
    return _page(request, user)


@require_POST
@lab_page
def declare(request: HttpRequest, user: User) -> HttpResponseBase:
    """Declare a conflict of interest, one's own or, as quality manager, anybody's."""
    if not can_declare_conflict(user, user):
        raise Forbidden(_("审计员不办理业务，无需声明。"))
    form = ConflictForm(request.POST, people=_people_declared_by(user))
    return _save(request, user, "conflict", form, lambda: declare_conflict(actor=user, **form.cleaned_data))


@require_POST
@lab_page
def release(request: HttpRequest, user: User) -> HttpResponseBase:
    """Release an exception for one person on one order."""
    if Role.QM not in user.role_codes:
        raise Forbidden(_("只有质量负责人可以批准例外。"), remedy=_("请联系质量负责人。"))
    form = ExceptionForm(request.POST, people=_staff())
    order = orders_visible_to(user).filter(number=request.POST.get("order", "").strip()).first()
    if form.is_valid() and order is None:
        form.add_error("order", _("没有这个编号。"))

    def act() -> Any:
        data = form.cleaned_data | {"order": order, "rule": DutyRule(form.cleaned_data["rule"])}
        return release_exception(actor=user, **data)

    return _save(request, user, "exception", form, act)


@require_POST
@lab_page
def end(request: HttpRequest, user: User, kind: str, pk: int) -> HttpResponseBase:
    """End a declaration or an exception."""
    try:
        if kind == "conflict":
            end_conflict(conflict=get_object_or_404(ConflictOfInterest, pk=pk), actor=user,
                         reason=request.POST.get("reason", ""))
        elif kind == "exception":
            end_exception(exception=get_object_or_404(DutyException, pk=pk), actor=user)
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, str(error))
        return _page(request, user, status=error.status)
    messages.success(request, _("已记录。"))
    return redirect("lab-duties")


@require_GET
@lab_page
def export_duties(request: HttpRequest, user: User, table: str) -> HttpResponseBase:
    """One of the tables as CSV: `rights` or `acts`."""
    if table not in ("rights", "acts"):
        raise Http404
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{table}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    writer = csv.writer(answer)
    if table == "rights":
        writer.writerow([_("工号"), _("姓名"), _("角色"), _("授权事项"), _("测试类别"), _("有效期自"), _("有效期至")])
        for person in _people():
            roles = "/".join(sorted(grant.role for grant in person.role_grants.all()))
            for row in person.test_authorisations.all() or [None]:
                granted = [row.activity, row.category, row.valid_from, row.valid_until] if row else []
                writer.writerow([person.staff_number, _safe(person.name), roles, *granted])
    else:
        writer.writerow([_("工号"), _("角色"), _("动作"), _("次数"), _("最近一次")])
        for act in _acts(*_period(request)):
            writer.writerow([act["actor_staff_number"], "/".join(act["actor_roles"]), act["act"], act["times"],
                             timezone.localtime(act["last"]).isoformat(timespec="seconds")])
    return answer


def _safe(text: str) -> str:
    """A text that a spreadsheet does not run as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _staff() -> QuerySet[User]:
    """Everybody who works for the alliance now."""
    grants = RoleGrant.objects.in_force().filter(role__in=STAFF_ROLES)
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("staff_number")


def _people_declared_by(user: User) -> QuerySet[User]:
    """For whom the person may declare."""
    if Role.QM in user.role_codes:
        return _staff()
    return _staff().filter(pk=user.pk)


def _people() -> Iterable[User]:
    """The staff with roles in force and authorisations."""
    return _staff().prefetch_related(
        Prefetch("role_grants", RoleGrant.objects.in_force().order_by("role")), "test_authorisations")


def _acts(first: date, last: date) -> QuerySet[Entry, Any]:
    """How often each person did each act between two days, both included, under which roles, and when last."""
    acts = Entry.objects.filter(at__date__gte=first, at__date__lte=last).exclude(actor_staff_number="")
    counted = acts.order_by().values("actor_staff_number", "actor_roles", "act")
    return counted.annotate(times=Count("id"), last=Max("at")).order_by("actor_staff_number", "act")


def _period(request: HttpRequest) -> tuple[date, date]:
    last = parse_day(request.GET.get("until", "")) or timezone.localdate()
    return parse_day(request.GET.get("since", "")) or last - timedelta(days=SHOWN_DAYS), last


def _save(
    request: HttpRequest, user: User, name: str, form: forms.Form, act: Callable[[], Any]
) -> HttpResponseBase:
    if not form.is_valid():
        return _page(request, user, {name: form}, 422)
    try:
        act()
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, {name: form}, error.status)
    messages.success(request, _("已记录。"))
    return redirect("lab-duties")


def _page(
    request: HttpRequest, user: User, filled: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponseBase:
    first, last = _period(request)
    acts = list(_acts(first, last))
    names = dict(User.objects.filter(staff_number__in={act["actor_staff_number"] for act in acts})
                 .values_list("staff_number", "name"))
    people = [{"person": person, "roles": [Role(grant.role).label for grant in person.role_grants.all()],
               "granted": _granted(person)} for person in _people()]
    exceptions = DutyException.objects.select_related("order", "user", "released_by")
    filled = filled or {}
    context = {
        "people": people, "since": first, "until": last, "today": timezone.localdate(),
        "acts": [act | {"name": names.get(act["actor_staff_number"], "")}
                 for act in acts],
        "conflicts": ConflictOfInterest.objects.select_related("user", "company", "declared_by", "ended_by"),
        "is_required": settings.SECOND_FACTOR == "required",
        "exceptions": exceptions, "may_end": Role.QM in user.role_codes,
        "conflict_form": filled.get("conflict") or _fresh_conflict(user),
        "exception_form": filled.get("exception") or _fresh_exception(user),
    }
    return render(request, "products/lab/duties.html", context, status=status)


def _fresh_conflict(user: User) -> forms.Form | None:
    people = _people_declared_by(user)
    return ConflictForm(people=people, initial={"user": user.pk}) if can_declare_conflict(user, user) else None


def _fresh_exception(user: User) -> forms.Form | None:
    return ExceptionForm(people=_staff()) if Role.QM in user.role_codes else None


def _granted(person: User) -> list[dict[str, Any]]:
    """The authorisations of a person, those for one activity and period in one row."""
    rows: dict[tuple[Any, ...], list[str]] = {}
    for row in person.test_authorisations.all():
        rows.setdefault((row.activity, row.valid_from, row.valid_until), []).append(row.category)
    return [{"activity": Activity(key[0]).label, "since": key[1], "until": key[2], "categories": sorted(categories)}
            for key, categories in sorted(rows.items(), key=lambda pair: (pair[0][0], pair[0][1]))]
