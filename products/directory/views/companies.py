"""Companies with listings, and the page of each."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from members.companies.models import Company
from products.directory.selectors import directory_state, listings_by_type, present_address
from products.directory.views.lines import in_english, lines_of, name_of
from products.listings.errors import CursorInvalid
from products.listings.selectors import companies_listed, listings_public, page_of
from products.listings.states import NOT_STATED, AddressKind
from wapicert.conditional import answer_conditionally

COMPANIES_A_PAGE = 50


@require_safe
@answer_conditionally(lambda request: directory_state())
def company_list(request: HttpRequest) -> HttpResponse:
    """The companies that have listings; a company that has only applied is not public."""
    query = request.GET.get("q", "").strip()[:100]
    # Their keys first, so that nobody counts the listings of the companies on the pages before.
    page = Paginator(companies_listed(query).values_list("pk", flat=True), COMPANIES_A_PAGE).get_page(
        request.GET.get("page"))
    lines = [{"number": company.number, "name": name_of(company), "listed": company.listed,
              "other": company.name_zh if in_english() and company.name_en else "",
              "is_unconfirmed": in_english() and bool(company.name_en) and not company.name_en_confirmed,
              "is_demonstration": company.is_demonstration}
             for company in companies_listed().filter(pk__in=list(page))]
    return render(request, "products/directory/companies.html", {"lines": lines, "page": page, "query": query})


@require_safe
@answer_conditionally(lambda request, number: directory_state())
def company_page(request: HttpRequest, number: str) -> HttpResponse:
    """One company and its listings, newest first; another writing of the number leads here."""
    company = companies_listed().filter(number=number.upper()).first()
    if company is None:
        return moved(number)
    if company.number != number:
        return redirect("company", number=company.number, permanent=True)
    rows = listings_public().filter(company=company)
    try:
        page = page_of(rows, cursor=request.GET.get("cursor"))
    except CursorInvalid:
        page = page_of(rows)
    context = {"company": company, "name": name_of(company), "lines": lines_of(page.rows),
               "types": types_of(company), "url": f"{settings.PUBLIC_URL}/companies/{company.number}/",
               "next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    return render(request, "products/directory/company.html", context)


def types_of(company: Company) -> list[tuple[str | None, int, str]]:
    """Each device type of the company's listings, how many, and where the directory shows them."""
    return [(name_of(kind) if kind else None, number,
             f"/?{urlencode({'company': company.number, 'type': kind.code if kind else NOT_STATED})}")
            for kind, number in listings_by_type(company)]


def moved(number: str) -> HttpResponse:
    """Lead from a former number to the present one; 404 where there never was one."""
    present = present_address(AddressKind.COMPANY, number)
    if present is None:
        raise Http404
    return redirect("company", number=present, permanent=True)
