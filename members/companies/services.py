"""Registers companies and changes their names; a company is deactivated, never deleted."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from stdnum.cn import uscc as uscc_rules
from stdnum.exceptions import ValidationError as NumberError

from members.companies.errors import (
    CompanyNotYours,
    CompanyStale,
    NameMissing,
    NameTooLong,
    UsccFixed,
    UsccInvalid,
    UsccTaken,
)
from members.companies.models import Company
from members.companies.states import Membership
from members.history.services import Actor, append_entry
from members.numbering.services import next_number
from wapicert.texts import CODE, LONG, line, takes_text

CHAIN = "companies"
# Codes of the roles that correct what a company stated about itself; people stand above companies, hence by code.
KEEPERS = frozenset({"IN", "QM"})
NAMES = ("name_zh", "short_name_zh", "name_en", "name_en_confirmed")
ADDRESSES = ("address_zh", "address_en")
LIMITS = {"name_zh": 200, "short_name_zh": 60, "name_en": 200, "address_zh": 300, "address_en": 300}


def clean_uscc(value: str) -> str:
    """The 统一社会信用代码 with full-width digits and blanks normalised; raises UsccInvalid (GB 32100-2015)."""
    text = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    try:
        return str(uscc_rules.validate(text))
    except NumberError as error:
        raise UsccInvalid(field="uscc") from error


@takes_text(name_zh=line(200), short_name_zh=line(60), name_en=line(200), uscc=CODE, foreign_identifier=line(60),
            address_zh=line(300), address_en=line(300))
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
                 after={"name_zh": name_zh, "uscc": code}, rows=[company])
    return company


@takes_text(uscc=CODE)
@transaction.atomic
def set_uscc(*, company: Company, uscc: str, actor: Actor, row_version: int | None = None) -> Company:
    """Fill in the 统一社会信用代码, or correct it; refuses a wrong one and one that another company has.

    The company fills it in once; after that it names the applicant of reports, so only intake or the quality manager
    corrects it. The code that stands already writes nothing.
    """
    code = clean_uscc(uscc)
    company = _locked(company, row_version, ("uscc",))
    if company.uscc == code:
        return company
    if not actor.role_codes & KEEPERS:
        if not company.people.filter(pk=actor.pk).exists():
            raise CompanyNotYours(field="uscc")
        if company.uscc is not None:
            raise UsccFixed(field="uscc")
    if Company.objects.filter(uscc=code).exclude(pk=company.pk).exists():
        raise UsccTaken(field="uscc")
    before = company.uscc
    company.uscc = code
    company.row_version += 1
    company.save(update_fields=["uscc", "row_version"])
    append_entry(chain=CHAIN, act="company.uscc_set", actor=actor, object_type="company", object_id=company.number,
                 before={"uscc": before}, after={"uscc": code}, rows=[company])
    return company


@takes_text(name_zh=LONG, short_name_zh=LONG, name_en=LONG)
@transaction.atomic
def change_names(
    *, company: Company, actor: Actor | None, row_version: int | None = None, **names: str | bool
) -> Company:
    """Change any of NAMES; a company without a Chinese name is refused, unchanged names write nothing.

    Whatever is listed holds the names in its search text: call `listings.services.rename_company`, which calls this.
    """
    return _change(_locked(company, row_version, NAMES), clean_names(names), act="company.renamed", actor=actor)


@takes_text(address_zh=LONG, address_en=LONG)
@transaction.atomic
def change_address(
    *, company: Company, actor: Actor, address_zh: str, address_en: str, row_version: int | None = None
) -> Company:
    """Change where a company sits; reports that were compiled keep the address of their day.

    Only intake or the quality manager may. Refuses an address that is too long, and a stale page.
    """
    if not actor.role_codes & KEEPERS:
        raise CompanyNotYours
    wanted = {"address_zh": address_zh.strip(), "address_en": address_en.strip()}
    _require_lengths(wanted)
    return _change(_locked(company, row_version, ADDRESSES), wanted, act="company.address_changed", actor=actor)


def _locked(company: Company, row_version: int | None, names: Sequence[str]) -> Company:
    """The company's row, locked; raises CompanyStale with what stands when the page showed another version."""
    company = Company.objects.select_for_update().get(pk=company.pk)
    if row_version is not None and row_version != company.row_version:
        raise CompanyStale(extra={"current": {name: getattr(company, name) for name in names}})
    return company


def _change(company: Company, wanted: dict[str, Any], *, act: str, actor: Actor | None) -> Company:
    changes = {name: value for name, value in wanted.items() if getattr(company, name) != value}
    if not changes:
        return company
    before = {name: getattr(company, name) for name in changes}
    for name, value in changes.items():
        setattr(company, name, value)
    company.row_version += 1
    company.save(update_fields=[*changes, "row_version"])
    append_entry(chain=CHAIN, act=act, actor=actor, object_type="company", object_id=company.number,
                 before=before, after=changes, rows=[company])
    return company


def clean_names(names: dict[str, Any]) -> dict[str, Any]:
    """The names without blanks around them; raises NameMissing or NameTooLong, and TypeError for another field."""
    if foreign := set(names) - set(NAMES):
        raise TypeError(f"not a name of a company: {sorted(foreign)}")
    cleaned = {name: value.strip() if isinstance(value, str) else value for name, value in names.items()}
    if cleaned.get("name_zh") == "":
        raise NameMissing(field="name_zh")
    _require_lengths(cleaned)
    return cleaned


def _require_lengths(texts: dict[str, Any]) -> None:
    for name, text in texts.items():
        if len(str(text)) > LIMITS.get(name, 1000):
            raise NameTooLong(field=name)
