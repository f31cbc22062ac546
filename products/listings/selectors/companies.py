"""The companies that the public register names: those with listings, found by what they are called."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from members.companies.models import Company
from products.listings.models import Listing
from products.listings.querysets import TRIGRAM, Terms, initials
from products.listings.selectors.statements import companies_holding

LONGEST_QUERY = 100
# Listings among which initials are looked for.
MOST_LOOKED_AT = 1000


def companies_listed(query: str = "") -> QuerySet[Company, Any]:
    """Companies that have listings, with their count `listed`, by number.

    Each word of `query` is part of a name, the company's number, or the pinyin initials that its name begins with.
    """
    # Counted company by company: whoever reads a page of them does not count all listings.
    own = Listing.objects.filter(company=OuterRef("pk")).order_by()
    counted = own.values("company").annotate(number=Count("pk")).values("number")
    found = Company.objects.filter(Exists(own)).annotate(listed=Subquery(counted)).order_by("number")
    for word in unicodedata.normalize("NFKC", query[:LONGEST_QUERY]).replace("\x00", " ").split():
        named = Q(name_zh__icontains=word) | Q(short_name_zh__icontains=word) | Q(name_en__icontains=word)
        found = found.filter(named | Q(number__iexact=word) | Q(pk__in=companies_by_initials(word)))
    return found


def companies_by_initials(word: str) -> list[int]:
    """The companies whose name or short name begins with these pinyin initials; looked up through their listings."""
    if not (word.isascii() and word.isalpha() and len(word) >= TRIGRAM):
        return []
    begun = companies_holding(Terms([], [], [word.casefold()]), MOST_LOOKED_AT)
    names = Company.objects.filter(pk__in=begun).values_list("pk", "name_zh", "short_name_zh")
    return [pk for pk, *both in names if any(initials(name).startswith(word.casefold()) for name in both)]
