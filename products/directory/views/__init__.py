"""The public pages: directory, device, companies, verification."""

from products.directory.views.changes import changes_feed, changes_page
from products.directory.views.companies import company_list, company_page
from products.directory.views.comparison import comparison
from products.directory.views.crawlers import robots, sitemap_companies, sitemap_index, sitemap_pages, sitemap_products
from products.directory.views.devices import product_page
from products.directory.views.listings import directory
from products.directory.views.verification import (
    published_keys,
    verification,
    verified_pdf,
    verify,
    verify_file,
)

__all__ = [
    "changes_feed",
    "changes_page",
    "company_list",
    "company_page", "comparison",
    "directory",
    "product_page",
    "published_keys",
    "robots",
    "sitemap_companies",
    "sitemap_index",
    "sitemap_pages",
    "sitemap_products",
    "verification",
    "verified_pdf",
    "verify",
    "verify_file",
]
