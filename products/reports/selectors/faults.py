"""What is wrong with the value of an element of a report: each check names the places, none means that it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from products.reports.selectors.codes import clean_code, is_valid_code, shown_code
from products.reports.selectors.rows import counts_of_rows, rule_of_conclusion
from products.reports.selectors.wording import CONCLUSIONS, LEAVES, PARTS, STATEMENTS, VERDICTS
from products.results.states import ExclusionKind, Verdict
from products.suites.states import ResultType

Snapshot = Mapping[str, Any]
Check = Callable[[Snapshot], list[str]]
# A text that only holds the place of one to come, in brackets or without.
PLACEHOLDER = re.compile(
    r"\W*(?:.{0,8}待.{0,8}(?:填写|填报|补充|补|确认|确定|定)|(?:地址|名称)?(?:暂无|未定|未知|不详)|tbd|tba|tbc|todo|n/?a|none|null"
    r"|unknown|x{2,}|to be (?:given|defined|determined|announced|confirmed|supplied)\b.*|.*\bto be given by .*"
    r"|example|sample address|lorem ipsum.*)\W*", re.IGNORECASE)
# A clause that was not read in the standard itself.
UNREAD_CLAUSE = re.compile("第三方|摘录|网页|待")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
MEASURED = (Verdict.PASS, Verdict.FAIL, Verdict.REC)


def is_placeholder(text: str) -> bool:
    """Whether a text only holds the place of one to come; a text of signs alone says nothing either."""
    return PLACEHOLDER.fullmatch(text) is not None or not re.search(r"\w", text)


def is_stated(value: Any) -> bool:
    """Whether a value says something: a text that is no placeholder, or anything else that is not empty."""
    return not is_placeholder(value) if isinstance(value, str) and value else bool(value)


def at(snapshot: Any, *path: str | int) -> Any:
    """The value at a path, None where the path ends before."""
    for key in path:
        if isinstance(snapshot, Mapping):
            snapshot = snapshot.get(key)
        elif isinstance(snapshot, list) and isinstance(key, int) and key < len(snapshot):
            snapshot = snapshot[key]
        else:
            return None
    return snapshot


def named(*path: Any, value: Any = None) -> str:
    """A place in words with what stands there: 实验室 › 地址“待定”."""
    language = 0 if (get_language() or "zh").startswith("zh") else 1
    known = {key: pair[language] for key, pair in {**LEAVES, **PARTS}.items()}
    words = " › ".join(str(known.get(str(key), key)) for key in path)
    return words if value in (None, "", [], {}) else f"{words}“{str(value)[:60]}”"


def stated(*path: str | int) -> Check:
    """The value at the path says something."""
    def check(snapshot: Snapshot) -> list[str]:
        value = at(snapshot, *path)
        return [] if is_stated(value) else [named(*path, value=value)]
    return check


def every(*checks: Check) -> Check:
    """All of these hold."""
    return lambda snapshot: [fault for check in checks for fault in check(snapshot)]


def holds(key: str) -> Check:
    """The part is there, whatever it says."""
    return lambda snapshot: [] if key in snapshot else [named(key)]


def day_of(value: Any) -> date | None:
    """The date that a text is, or None."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def laboratory(snapshot: Snapshot) -> list[str]:
    """b: name and address; what is marked as invented stands in demonstrations alone."""
    found = every(stated("laboratory", "name_zh"), stated("laboratory", "address_zh"))(snapshot)
    if settings.PRODUCTION and not at(snapshot, "report", "is_demonstration"):
        texts = {key: str(at(snapshot, "laboratory", key)) for key in ("name_zh", "address_zh")}
        found += [named("laboratory", key, value=text) for key, text in texts.items() if "演示" in text]
    return found


def places(snapshot: Snapshot) -> list[str]:
    """c: at least one place, each stated."""
    rows = at(snapshot, "laboratory", "places") or []
    if not rows:
        return [named("laboratory", "places")]
    return [named("laboratory", "places", value=row.get("zh")) for row in rows if not is_stated(row.get("zh"))]


def number(snapshot: Snapshot) -> list[str]:
    """d: a number without blanks that is no placeholder."""
    value = at(snapshot, "report", "number")
    is_one = isinstance(value, str) and is_stated(value) and not re.search(r"\s", value)
    return [] if is_one else [named("report", "number", value=value)]


def parties(snapshot: Snapshot) -> list[str]:
    """e: customer and applicant named; maker and factory have places of their own even where nothing was stated."""
    found = every(stated("customer", "name_zh"), stated("applicant", "name_zh"))(snapshot)
    for part in ("manufacturer", "factory"):
        value = snapshot.get(part)
        if part not in snapshot or (value is not None and not is_stated(value)):
            found.append(named(part, value=value))
    address = at(snapshot, "customer", "address_zh")
    return found + ([named("customer", "address_zh", value=address)] if address and is_placeholder(address) else [])


def method(snapshot: Snapshot) -> list[str]:
    """f: edition with its fingerprint, items, and standards that are standards with clauses that were read."""
    found = stated("edition", "label_zh")(snapshot)
    if not FINGERPRINT.fullmatch(str(at(snapshot, "edition", "fingerprint") or "")):
        found.append(named("edition", "fingerprint", value=at(snapshot, "edition", "fingerprint")))
    if not snapshot.get("results"):
        found.append(named("results"))
    for row in snapshot.get("standards") or []:
        if not is_stated(row.get("title_zh")):
            found.append(named("standards", row.get("code"), value=row.get("title_zh")))
        found += [named("standards", row.get("code"), "clauses", value=clause) for clause in row.get("clauses") or []
                  if not is_stated(clause) or UNREAD_CLAUSE.search(clause)]
        if row.get("kind") is not None and not row["kind"].endswith("standard"):
            found.append(named("standards", row.get("code"), value=row.get("title_zh")))
    return found


def device(snapshot: Snapshot) -> list[str]:
    """g: name, model, declared versions, samples with serial number and condition, a received version per result."""
    found = every(*(stated("device", key) for key in ("name_zh", "hardware", "firmware")))(snapshot)
    # A device may bear no model; that is said, and nothing invented in its place.
    model = at(snapshot, "device", "model")
    if "model" not in (snapshot.get("device") or {}) or (model is not None and not is_stated(model)):
        found.append(named("device", "model", value=model))
    samples = snapshot.get("samples") or []
    found += [] if samples else [named("samples")]
    for sample in samples:
        found += [named("samples", sample.get("number"), key, value=sample.get(key))
                  for key in ("number", "condition") if not is_stated(sample.get(key))]
        # A sample may bear no serial number; whoever received it then wrote so.
        found += [] if sample.get("serial_number") else [named("samples", sample.get("number"), "serial_number")]
    received = {(row.get("hardware"), row.get("firmware")) for row in snapshot.get("versions") or []}
    return found + [named("results", row["code"], value=f"{row['hardware']} / {row['firmware']}")
                    for row in measured(snapshot) if (row["hardware"], row["firmware"]) not in received]


def measured(snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    """The rows that were measured themselves."""
    for row in snapshot.get("results") or []:
        if row["verdict"] in MEASURED and row["result_type"] != ResultType.DERIVED:
            yield row


def received(snapshot: Snapshot) -> list[str]:
    """h: days of receipt, as the samples have them."""
    days = at(snapshot, "dates", "received") or []
    if not days:
        return [named("dates", "received")]
    missing = {row.get("received_on") for row in snapshot.get("samples") or []} - set(days)
    return [*(named("dates", "received", value=day) for day in days if day_of(day) is None),
            *(named("samples", "received_on", value=day) for day in missing)]


def tested(snapshot: Snapshot) -> list[str]:
    """i: first and last day of testing in their order, not before the first receipt; every result within."""
    first, last = (day_of(at(snapshot, "dates", key)) for key in ("tested_from", "tested_until"))
    if first is None or last is None:
        return [named("dates", key, value=at(snapshot, "dates", key)) for key, value in
                (("tested_from", first), ("tested_until", last)) if value is None]
    days = [day for day in map(day_of, at(snapshot, "dates", "received") or []) if day]
    found = [named("dates", "tested_from", value=first)] if first > last or (days and first < min(days)) else []
    return found + [named("results", row["code"], "performed_on", value=row["performed_on"])
                    for row in measured(snapshot) if not first <= (day_of(row["performed_on"]) or date.min) <= last]


def issued(snapshot: Snapshot) -> list[str]:
    """j: a day, not before the last test."""
    value = at(snapshot, "report", "issued_on")
    day, last = day_of(value), day_of(at(snapshot, "dates", "tested_until"))
    return [] if day and (last is None or day >= last) else [named("report", "issued_on", value=value)]


def statement(letter: str) -> Check:
    """l, q, r: the statement is printed in the words of the scheme."""
    def check(snapshot: Snapshot) -> list[str]:
        rows = snapshot.get("statements") or []
        found: Mapping[str, Any] = next((row for row in rows if row.get("element") == letter), {})
        is_right = (found.get("zh"), found.get("en")) == STATEMENTS[letter]
        return [] if is_right else [named("statements", letter, value=found.get("zh"))]
    return check


def results(snapshot: Snapshot) -> list[str]:
    """m: every item with its verdict and its values with what they are, each code once, and figures that agree."""
    rows = snapshot.get("results") or []
    found = [named("results", row["code"], value=row["verdict"]) for row in rows
             if row["verdict"] not in VERDICTS or row["verdict"] == Verdict.INC]
    for row in rows:
        found += [named("results", row["code"], value=value.get("name_zh")) for value in row["values"]
                  if not value.get("name_zh") or str(value.get("value") or "").strip() == ""]
    codes = [row["code"] for row in rows]
    found += [named("results", code) for code in sorted({code for code in codes if codes.count(code) > 1})]
    if rows and not found:
        right = counts_of_rows(rows)
        said = snapshot.get("counts") or {}
        found += [named("counts", key, value=said.get(key)) for key in BASIC_COUNTS if said.get(key) != right[key]]
    return found if rows else [named("results")]


BASIC_COUNTS = ("planned", "passed", "failed", "recorded", "excluded", "retested")


def exclusions(snapshot: Snapshot) -> list[str]:
    """n: deviations and items outside have their place; each exclusion its reason and the consents of its kind."""
    found = [named(key) for key in ("exclusions", "deviations", "outside") if key not in snapshot]
    rows = snapshot.get("exclusions") or []
    for row in rows:
        needed = 3 if row["kind"] == ExclusionKind.WAIVER else 1
        people = {part.get("by") for part in row["consents"] if part.get("by")}
        if not is_stated(row["reason"]) or len(people) < needed:
            found.append(named("exclusions", row["code"], value=row["reason"]))
    explained = {row["code"] for row in rows}
    return found + [named("results", row["code"], value=row["verdict"]) for row in snapshot.get("results") or []
                    if row["verdict"] in ExclusionKind.values and row["result_type"] != ResultType.DERIVED
                    and row["code"] not in explained]


def people(*parts: str) -> Check:
    """o: so many different persons, each with name, staff number and day."""
    def check(snapshot: Snapshot) -> list[str]:
        rows = [(part, at(snapshot, "people", part)) for part in parts]
        wrong = [named("people", part) for part, row in rows if not row or not is_stated(row.get("name"))
                 or not row.get("staff_number") or not day_of(row.get("on"))]
        numbers = {row["staff_number"] for _, row in rows if row and row.get("staff_number")}
        return wrong or ([] if len(numbers) == len(parts) else [named("people")])
    return check


def providers(snapshot: Snapshot) -> list[str]:
    """p: not recorded (null), or who they are; an empty list would say that there were none, which nobody recorded."""
    rows = snapshot.get("external_providers", [])
    if rows is None:
        return []
    if not rows:
        return [named("external_providers")]
    return [named("external_providers", value=row.get("zh")) for row in rows if not is_stated(row.get("zh"))]


def conditions(snapshot: Snapshot) -> list[str]:
    """s: tools with number, name and kind, every result's among them; conditions and opinions said or not recorded."""
    tools = snapshot.get("tools") or []
    found = [] if tools else [named("tools")]
    for tool in tools:
        found += [named("tools", tool.get("number"), key, value=tool.get(key))
                  for key in ("number", "name_zh", "kind_zh") if not is_stated(tool.get(key))]
    known = {tool.get("number") for tool in tools}
    found += [named("results", row["code"], "tool", value=row["tool"]) for row in measured(snapshot)
              if tools and row["tool"] not in known]
    for key in ("environment", "uncertainty", "opinions"):
        value = snapshot.get(key, "")
        if value is not None and not is_stated(value):
            found.append(named(key, value=value))
    return found


def conclusion(snapshot: Snapshot) -> list[str]:
    """t: the rule in both languages, and the conclusion that it gives of these results."""
    found = every(stated("conclusion", "zh"), stated("decision_rule", "zh"), stated("decision_rule", "en"))(snapshot)
    if found or results(snapshot):
        return found
    code = at(snapshot, "conclusion", "code")
    words = (at(snapshot, "conclusion", "zh"), at(snapshot, "conclusion", "en"))
    is_right = code == rule_of_conclusion(snapshot["results"]) and words == CONCLUSIONS.get(code)
    return [] if is_right else [named("conclusion", value=words[0])]


def amendment(snapshot: Snapshot) -> list[str]:
    """u: an amended report names the one it replaces with its day, why, and what changed.

    Where nothing did, it says so: a report may be issued again for how it was signed or printed.
    """
    replaced = at(snapshot, "report", "replaces")
    if not replaced:
        return []
    found = stated("report", "amendment_reason")(snapshot)
    if not is_stated(replaced.get("number")) or not day_of(replaced.get("issued_on")):
        found.append(named("report", "replaces", value=replaced.get("number")))
    return found + ([] if isinstance(at(snapshot, "report", "changes"), list) else [named("report", "changes")])


def marks(snapshot: Snapshot) -> list[str]:
    """v: marks with a text, in force on the day of issue."""
    day = at(snapshot, "report", "issued_on")
    wrong = [row for row in snapshot.get("marks") or [] if not is_stated(row.get("text"))
             or (day and not str(row.get("valid_from")) <= day <= str(row.get("valid_until")))]
    return holds("marks")(snapshot) + [named("marks", value=row.get("text")) for row in wrong]


def verification(snapshot: Snapshot) -> list[str]:
    """w: a code whose check character fits, shown in groups, in an address that leads to it."""
    code = clean_code(at(snapshot, "report", "verification_code") or "")
    address, shown = at(snapshot, "report", "address") or "", at(snapshot, "report", "code_shown")
    is_right = (is_valid_code(code) and code in address and re.match(r"https?://[^\s/]+/", address) is not None
                and shown == shown_code(code))
    return [] if is_right else [named("report", "address", value=address or code)]


def title(snapshot: Snapshot) -> list[str]:
    """a: a known version of the template, which prints the title."""
    value = snapshot.get("template_version")
    is_one = isinstance(value, str) and re.fullmatch(r"[1-9]\d*", value)
    return [] if is_one else [named("template_version", value=value)]


def first_of(rows: Iterable[str], most: int = 6) -> list[str]:
    """The first places of a fault that occurs often."""
    found = list(dict.fromkeys(rows))
    return found[:most] + (["…"] if len(found) > most else [])
