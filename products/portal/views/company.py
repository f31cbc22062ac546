"""The member's own company: what is on record, and its 统一社会信用代码."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from members.companies.services import set_uscc
from members.people.models import User
from products.portal.forms import UsccForm
from products.portal.views.access import member_page
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


@member_page
def show_company(request: HttpRequest, user: User) -> HttpResponseBase:
    """Facts of the company and its people; the 统一社会信用代码 is filled in here."""
    company = user.company
    assert company is not None
    form = UsccForm(request.POST or None, initial={"uscc": company.uscc})
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            set_uscc(company=company, uscc=form.cleaned_data["uscc"], actor=user)
        except DomainError as error:
            show_refusal(form, error)
            status = error.status
        else:
            messages.success(request, _("统一社会信用代码已保存。"))
            return redirect("portal-company")
    context = {"company": company, "form": form, "people": company.people.filter(is_active=True)}
    return render(request, "products/portal/company.html", context, status=status)
