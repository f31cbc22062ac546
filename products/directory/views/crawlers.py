"""What search engines are told: robots are welcome, and where every permanent page is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from products.directory.selectors import directory_state
from products.listings.models import Listing
from products.listings.selectors import companies_listed
from products.suites.selectors import editions_public
from wapicert.conditional import answer_conditionally

# Addresses in one file, by the protocol of sitemaps.
FILE = 50_000
# As many as an index may name, by the same protocol.
MOST_FILES = 50_000
PAGES = ["/", "/companies/", "/editions/", "/changes/", "/figures/", "/open-data/", "/verify/"]
PRIVATE = ["/lab/", "/my/", "/admin/", "/accounts/", "/home/"]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything that is public may be read; what asks for an account leads nowhere."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@answer_conditionally(lambda request: directory_state())
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The files of addresses: pages, and products by the fifty thousand."""
    files = ["pages", *(f"products-{number}" for number in range(1, -(-Listing.objects.count() // FILE) + 1)),
             *(f"companies-{number}" for number in range(1, -(-companies_listed().count() // FILE) + 1))]
    entries = "".join(f"<sitemap><loc>{settings.PUBLIC_URL}/sitemaps/{name}.xml</loc></sitemap>" for name in files)
    return xml(f"<sitemapindex {NAMESPACE}>{entries}</sitemapindex>")


@require_safe
@answer_conditionally(lambda request, **kwargs: directory_state())
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The pages that are few: lists, editions, figures."""
    slugs = editions_public().values_list("slug", flat=True)
    return urlset((path, "") for path in [*PAGES, *(f"/editions/{slug}/" for slug in slugs)])


@require_safe
@answer_conditionally(lambda request, **kwargs: directory_state())
def sitemap_products(request: HttpRequest, number: int) -> HttpResponse:
    """One file of products with the day of their last change."""
    part = part_of(Listing.objects.order_by("id").values_list("listing_number", "updated_at"), number)
    return urlset((f"/products/{listing}/", timezone.localdate(at).isoformat()) for listing, at in part)


@require_safe
@answer_conditionally(lambda request, **kwargs: directory_state())
def sitemap_companies(request: HttpRequest, number: int) -> HttpResponse:
    """One file of companies that have listings."""
    part = part_of(companies_listed().values_list("number", flat=True), number)
    return urlset((f"/companies/{company}/", "") for company in part)


def part_of(rows: QuerySet[Any, Any], number: int) -> list[Any]:
    """The rows of the file with this number, counted from 1; 404 where there is none."""
    # No database skips more rows than fit into its largest number.
    part = list(rows[(number - 1) * FILE : number * FILE]) if 0 < number <= MOST_FILES else []
    if not part:
        raise Http404
    return part


def urlset(entries: Iterator[tuple[str, str]]) -> HttpResponse:
    """Paths with their last change; our own paths need no escaping."""
    body = "".join(f"<url><loc>{settings.PUBLIC_URL}{path}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
                   for path, day in entries)
    return xml(f"<urlset {NAMESPACE}>{body}</urlset>")


def xml(body: str) -> HttpResponse:
    """An XML document."""
    return HttpResponse(HEAD + body, content_type="application/xml; charset=utf-8")
