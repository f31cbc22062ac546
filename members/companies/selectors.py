"""Reads companies by name; contacts are never read here."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from members.companies.models import Company


def companies_named(names_zh: list[str]) -> dict[str, Company]:
    """The companies that bear one of these Chinese names, by name; of namesakes the one registered first."""
    found = Company.objects.filter(name_zh__in=names_zh).order_by("-number")
    return {company.name_zh: company for company in found}


def companies_found(query: str) -> QuerySet[Company]:
    """Companies whose name, short name, English name, number or code holds each word; all of them without words."""
    found = Company.objects.order_by("number")
    for word in query.split():
        found = found.filter(Q(name_zh__icontains=word) | Q(short_name_zh__icontains=word)
                             | Q(name_en__icontains=word) | Q(number__iexact=word) | Q(uscc__iexact=word))
    return found
