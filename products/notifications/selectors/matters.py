"""What an act of the history is about: order, company and product, and the facts that the words of a notice need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation

from members.companies.models import Company
from members.history.models import Entry
from members.people.models import User
from members.people.states import Role
from products.certification.models import Certification
from products.equipment.models import Tool
from products.orders.models import DutyException, Order
from products.reports.models import Report
from products.reports.states import Conclusion
from products.results.models import Attempt, Exclusion
from products.rework.models import ReworkItem
from products.suites.models import Edition


@dataclass(frozen=True)
class Matter:
    """An entry of the history with the rows that it is about and the facts for words, links and conditions."""

    entry: Entry
    order: Order | None
    company: Company | None
    facts: dict[str, Any]


def matter_of(entry: Entry) -> Matter:
    """The matter of an entry, read from the records as they stand."""
    order = None
    if entry.chain.startswith("order:"):
        orders = Order.objects.select_related("company", "device")
        order = orders.filter(number=entry.chain.removeprefix("order:")).first()
    company = order.company if order else None
    if entry.object_type == "company":
        company = Company.objects.filter(number=entry.object_id).first()
    known = {"object_id": entry.object_id, "reason": entry.reason, "on": timezone.localdate(entry.at)}
    about = READERS[entry.object_type](entry) if entry.object_type in READERS else {}
    return Matter(entry, order, company, known | _of_order(entry, order) | about)


def _of_order(entry: Entry, order: Order | None) -> dict[str, Any]:
    if order is None:
        return {}
    model = order.product.called
    what = " · ".join(part for part in (order.number, model) if part)
    return {"order": order.number, "model": model or order.number, "what": what,
            "company_zh": order.company.name_zh, "company_en": order.company.name_en or order.company.name_zh,
            "stage_before": entry.before.get("stage"), "stage_now": order.stage, "turn": entry.after.get("turn")}


def _of_an_order_itself(entry: Entry) -> dict[str, Any]:
    """The edition of an acceptance or of a change of editions."""
    edition = Edition.objects.filter(slug=str(entry.after.get("edition", ""))).first()
    return {"edition_zh": edition.label_zh, "edition_en": edition.label_en} if edition else {}


def _of_rework(entry: Entry) -> dict[str, Any]:
    items = ReworkItem.objects.filter(rework__number=entry.object_id)
    codes = items.filter(round=entry.after.get("round", 1)).values_list("plan_item__code", flat=True)
    return {"rework": entry.object_id, "round": entry.after.get("round", 1),
            "items": _listed(entry.after.get("items") or codes), "repeat": _listed(entry.after.get("repeat", []))}


def _listed(codes: Any, most: int = 20) -> str:
    """Codes of items in one line; a long plan is cut short visibly."""
    kept = [str(code) for code in codes]
    return ", ".join(kept[:most]) + (f" … ({len(kept)})" if len(kept) > most else "")


def _of_report(entry: Entry) -> dict[str, Any]:
    report = Report.objects.select_related("replaces").defer("snapshot").filter(pk=entry.object_id).first()
    if report is None:
        return {}
    replaced = report.replaces.number if report.replaces else ""
    return {"number": report.number or "", "replaced": replaced or "", "is_amendment": report.replaces_id is not None,
            **_in_both("conclusion", Conclusion(report.conclusion).label)}


def _of_certification(entry: Entry) -> dict[str, Any]:
    rows = Certification.objects.select_related("listing", "report", "superseded_by__listing")
    row = rows.filter(pk=entry.object_id).first()
    if row is None:
        return {}
    newer = row.superseded_by.listing if row.superseded_by else None
    return {"listing": row.listing.listing_number if row.listing else "",
            "on": entry.after.get("on") or timezone.localdate(entry.at),
            "report": entry.after.get("report") or row.report.number or "",
            "replaced": entry.after.get("replaced", ""), "newer": newer.listing_number if newer else "",
            "recommends_grant": entry.after.get("recommends_grant")}


def _of_attempt(entry: Entry) -> dict[str, Any]:
    row = Attempt.objects.select_related("plan_item").filter(pk=entry.object_id).first()
    return {"item": entry.after.get("item", ""), "ordinal": entry.after.get("ordinal"),
            "recorder": row.recorded_by_id if row else None}


def _of_exclusion(entry: Entry) -> dict[str, Any]:
    row = Exclusion.objects.filter(pk=entry.object_id).first()
    return {"item": entry.after.get("item", ""), "kind": entry.after.get("kind", ""),
            "why": row.reason if row else "", "proposer": row.proposed_by_id if row else None}


def _of_sample(entry: Entry) -> dict[str, Any]:
    return {"sample": entry.object_id, "ending": entry.after.get("ending", "")}


def _of_edition(entry: Entry) -> dict[str, Any]:
    row = Edition.objects.filter(slug=entry.object_id).first()
    return {"edition_zh": row.label_zh, "edition_en": row.label_en} if row else {}


def _of_exception(entry: Entry) -> dict[str, Any]:
    row = DutyException.objects.select_related("user").filter(pk=entry.object_id).first()
    if row is None:
        return {}
    return {"person": row.user_id, "rule": row.rule, "who": row.user.name, "until": row.valid_until}


def _of_person(entry: Entry) -> dict[str, Any]:
    person = User.objects.filter(staff_number=entry.object_id).first()
    role = entry.after.get("role", "")
    invited = Entry.objects.filter(act="invitation.accepted", request_id=entry.request_id).exclude(request_id="")
    return {"person": person.pk if person else None, "who": person.name if person else "",
            "staff_number": entry.object_id, **_in_both("role", Role(role).label if role else ""),
            # A role that nobody granted was set up with the site; those of an invitation are told with it.
            "is_from_invitation": entry.actor_id is None or invited.exists()}


def _in_both(name: str, label: Any) -> dict[str, str]:
    """A text of the code in both languages."""
    found = {}
    for language, ending in (("zh-hans", "zh"), ("en", "en")):
        with translation.override(language):
            found[f"{name}_{ending}"] = str(label)
    return found


def _of_tool(entry: Entry) -> dict[str, Any]:
    tool = Tool.objects.filter(number=entry.object_id).first()
    return {"tool_zh": tool.name_zh, "tool_en": tool.name_en or tool.name_zh} if tool else {}


def _of_company(entry: Entry) -> dict[str, Any]:
    return {"company_zh": str(entry.after.get("name_zh") or entry.after.get("name_en") or ""),
            "company_en": str(entry.after.get("name_en") or entry.after.get("name_zh") or "")}


READERS = {
    "order": _of_an_order_itself, "rework": _of_rework, "report": _of_report, "certification": _of_certification,
    "attempt": _of_attempt, "exclusion": _of_exclusion, "sample": _of_sample, "edition": _of_edition,
    "exception": _of_exception, "user": _of_person, "tool": _of_tool, "company": _of_company,
}
