"""Reads companies by name; contacts are never read here."""

from __future__ import annotations

from members.companies.models import Company


def companies_named(names_zh: list[str]) -> dict[str, Company]:
    """The companies that bear one of these Chinese names, by name; of namesakes the one registered first."""
    found = Company.objects.filter(name_zh__in=names_zh).order_by("-number")
    return {company.name_zh: company for company in found}
