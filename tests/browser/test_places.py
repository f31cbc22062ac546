"""The tables of pages to examine leave none out."""

from __future__ import annotations

from django.conf import settings

from tests.browser.places import EVERYWHERE

# What other pages are made of is examined with them.
PARTS = {"allauth/layouts/base.html", "account/base_reauthenticate.html", "components/error_page.html",
         "products/lab/order_base.html"}


def test_tables_of_pages_name_every_template_of_a_page():
    folder = settings.BASE_DIR / "templates"
    pages = {str(path.relative_to(folder)) for path in folder.rglob("*.html")
             if path.read_text(encoding="utf-8").startswith("{% extends") or path.parent == folder}
    whole = pages - PARTS - {"base.html"} - {path for path in pages if path.startswith("emails/")}
    assert whole - {place.template for place in EVERYWHERE} == set()
