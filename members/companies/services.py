"""Registers companies and changes their names; a company is deactivated, never deleted."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import transaction
from stdnum.cn import uscc as uscc_rules
from stdnum.exceptions import ValidationError as NumberError

from members.companies.errors import CompanyStale, NameMissing, NameTooLong, UsccFixed, UsccInvalid, UsccTaken
from members.companies.models import Company
from members.companies.states import Membership
from members.history.services import Actor, append_entry
from members.numbering.services import next_number

CHAIN = "companies"
# Codes of the roles that correct what a company stated about itself; people stand above companies, hence by code.
KEEPERS = frozenset({"IN", "QM"})
NAMES = ("name_zh", "short_name_zh", "name_en", "name_en_confirmed")
LIMITS = {"name_zh": 200, "short_name_zh": 60, "name_en": 200}


def clean_uscc(value: str) -> str:
    """The 统一社会信用代码 with full-width digits and blanks normalised; raises UsccInvalid (GB 32100-2015)."""
    text = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    try:
        return str(uscc_rules.validate(text))
    except NumberError as error:
        raise UsccInvalid(field="uscc") from error


@transaction.atomic
def register_company(
    *,
    name_zh: str,
    actor: Actor | None,
    short_name_zh: str = "",
    name_en: str = "",
    name_en_confirmed: bool = False,
    uscc: str | None = None,
    foreign_identifier: str = "",
    address_zh: str = "",
    address_en: str = "",
    membership: Membership = Membership.UNKNOWN,
    is_demonstration: bool = False,
) -> Company:
    """Open a company record with the next number; refuses a wrong or registered 统一社会信用代码."""
    code = clean_uscc(uscc) if uscc else None
    if code and Company.objects.filter(uscc=code).exists():
        raise UsccTaken(field="uscc")
    company = Company.objects.create(
        number=f"C{next_number(series='company', period=''):05d}",
        name_zh=name_zh, short_name_zh=short_name_zh, name_en=name_en, name_en_confirmed=name_en_confirmed,
        uscc=code, foreign_identifier=foreign_identifier, address_zh=address_zh, address_en=address_en,
        membership=membership, is_demonstration=is_demonstration,
    )
    append_entry(chain=CHAIN, act="company.registered", actor=actor, object_type="company", object_id=company.number,
                 after={"name_zh": name_zh, "uscc": code})
    return company


@transaction.atomic
def set_uscc(*, company: Company, uscc: str, actor: Actor) -> Company:
    """Fill in the 统一社会信用代码, or correct it; refuses a wrong one and one that another company has.

    The company fills it in once; after that it names the applicant of reports, so only intake or the quality manager
    corrects it.
    """
    code = clean_uscc(uscc)
    company = Company.objects.select_for_update().get(pk=company.pk)
    if company.uscc not in (None, code) and not actor.role_codes & KEEPERS:
        raise UsccFixed(field="uscc")
    if Company.objects.filter(uscc=code).exclude(pk=company.pk).exists():
        raise UsccTaken(field="uscc")
    before = company.uscc
    company.uscc = code
    company.save(update_fields=["uscc"])
    append_entry(chain=CHAIN, act="company.uscc_set", actor=actor, object_type="company", object_id=company.number,
                 before={"uscc": before}, after={"uscc": code})
    return company


@transaction.atomic
def change_names(
    *, company: Company, actor: Actor | None, row_version: int | None = None, **names: str | bool
) -> Company:
    """Change any of NAMES; a company without a Chinese name is refused, unchanged names write nothing.

    Whatever is listed holds the names in its search text: call `listings.services.rename_company`, which calls this.
    """
    company = Company.objects.select_for_update().get(pk=company.pk)
    if row_version is not None and row_version != company.row_version:
        raise CompanyStale(extra={"current": {name: getattr(company, name) for name in NAMES}})
    changes = {name: value for name, value in clean_names(names).items() if getattr(company, name) != value}
    if not changes:
        return company
    before = {name: getattr(company, name) for name in changes}
    for name, value in changes.items():
        setattr(company, name, value)
    company.row_version += 1
    company.save(update_fields=[*changes, "row_version"])
    append_entry(chain=CHAIN, act="company.renamed", actor=actor, object_type="company", object_id=company.number,
                 before=before, after=changes)
    return company


def clean_names(names: dict[str, Any]) -> dict[str, Any]:
    """The names without blanks around them; raises NameMissing or NameTooLong, and TypeError for another field."""
    if foreign := set(names) - set(NAMES):
        raise TypeError(f"not a name of a company: {sorted(foreign)}")
    cleaned = {name: value.strip() if isinstance(value, str) else value for name, value in names.items()}
    if cleaned.get("name_zh") == "":
        raise NameMissing(field="name_zh")
    for name, limit in LIMITS.items():
        if len(cleaned.get(name, "")) > limit:
            raise NameTooLong(field=name)
    return cleaned
