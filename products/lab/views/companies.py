"""The companies on record: found by name, number or code; names, address and code are corrected here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from members.companies.models import Company
from members.companies.selectors import companies_found
from members.companies.services import change_address, set_uscc
from members.people.models import User
from products.lab.forms import CompanyAddressForm, CompanyCodeForm, CompanyNamesForm
from products.lab.views.access import lab_page
from products.listings.permissions import can_rename_companies
from products.listings.services import rename_company
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

# More than this is no list to read; the search narrows it.
SHOWN = 200
FORMS = {"names": CompanyNamesForm, "address": CompanyAddressForm, "code": CompanyCodeForm}
ACTS: dict[str, Any] = {"names": rename_company, "address": change_address, "code": set_uscc}


@lab_page
def show_companies(request: HttpRequest, user: User) -> HttpResponseBase:
    """Companies by name, short name, number or code."""
    query = request.GET.get("q", "").strip()
    found = list(companies_found(query)[: SHOWN + 1])
    context = {"companies": found[:SHOWN], "has_more": len(found) > SHOWN, "shown": SHOWN, "query": query}
    return render(request, "products/lab/companies.html", context)


@lab_page
def show_company(request: HttpRequest, user: User, number: str, verb: str = "") -> HttpResponseBase:
    """One company; a POST to a verb changes that part, or shows beside the field why not."""
    company = get_object_or_404(Company, number=number)
    shown: dict[str, forms.Form] = {name: _blank(name, company) for name in FORMS}
    if request.method != "POST":
        return _page(request, user, company, shown, 200)
    if verb not in FORMS:
        raise Http404
    form = FORMS[verb](request.POST, auto_id=f"{verb}_%s")
    shown[verb] = form
    if not form.is_valid():
        return _page(request, user, company, shown, 422)
    try:
        ACTS[verb](company=company, actor=user, **form.cleaned_data)
    except DomainError as error:
        show_refusal(form, error)
        company.refresh_from_db()
        return _page(request, user, company, shown, error.status)
    messages.success(request, _("企业资料已保存。"))
    return redirect("lab-company", number)


def _blank(verb: str, company: Company) -> forms.Form:
    kind = FORMS[verb]
    return kind(initial={name: getattr(company, name) for name in kind.base_fields}, auto_id=f"{verb}_%s")


def _page(
    request: HttpRequest, user: User, company: Company, shown: dict[str, forms.Form], status: int
) -> HttpResponseBase:
    context = {"company": company, "forms": shown, "may_change": can_rename_companies(user)}
    return render(request, "products/lab/company.html", context, status=status)
