"""What must never be false, computed from the rows of attempts, acts and consents alone: no rule of the site is asked.

The words (PASS, valid, issued …) are those of the published workflow, written out here once more on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from members.history.models import Entry
from products.certification.models import Certification
from products.listings.models import Listing
from products.orders.models import Order
from products.reports.models import Report
from products.results.models import Attempt, AttemptAct, Exclusion
from products.rework.models import Finding, Scope, ScopeLine

ANSWERS_FOR_A_REPORT = ("report.compiled", "report.checked", "report.returned", "report.authorised")


def broken(order: Order) -> Iterator[str]:
    """Every rule that this order breaks as it stands, in words."""
    yield from _valid_without_basis(order)
    yield from _issued_as_conforming_without_basis(order)
    yield from _judged_their_own(order)
    yield from _public_and_certified_differ(order)


def _valid_without_basis(order: Order) -> Iterator[str]:
    """Never valid in public without a conforming, standing report on standing results of the listed version."""
    for found in Certification.objects.filter(order=order, listing__status="valid").select_related("listing"):
        name = found.listing.listing_number if found.listing else "?"
        standing = list(Report.objects.filter(order=order, state="issued"))
        if [report.conclusion for report in standing] != ["conforms"]:
            yield f"{name} is valid, its issued reports say {[report.conclusion for report in standing]}"
        gaps = dict(_gaps(order))
        if gaps:
            yield f"{name} is valid, but {gaps}"
        yield from (f"{name} is valid for {_listed(found)}, but {line}" for line in _on_other_versions(order, found))


def _listed(certification: Certification) -> tuple[Any, Any]:
    listing = certification.listing
    return (listing.hardware, listing.firmware) if listing else (None, None)


def _issued_as_conforming_without_basis(order: Order) -> Iterator[str]:
    """No failed counted item disappears: what is issued as conforming has an answer for each."""
    for report in Report.objects.filter(order=order, state="issued", conclusion="conforms"):
        said = Entry.objects.filter(chain=order.chain, act="report.issued", object_id=str(report.pk)).last()
        later = Entry.objects.filter(chain=order.chain, sequence__gt=said.sequence, object_type="attempt").exists()
        # What changed after the signature concerns the state of the certification, asked above.
        if said is not None and not later:
            gaps = dict(_gaps(order, standing_only=False))
            if gaps:
                yield f"{report.number} says that it conforms, but {gaps}"


def _gaps(order: Order, *, standing_only: bool = True) -> Iterator[tuple[str, str]]:
    """Counted items without a passing result that stands and without a consent that counts."""
    for item in order.plan.filter(inclusion="in", is_counted=True).select_related("item_version"):
        if item.item_version.result_type == "derived":
            continue
        exclusion = Exclusion.objects.filter(plan_item=item, state="approved").last()
        verdict = _verdict_of(item.pk, standing_only=standing_only)
        if exclusion is not None and _counts(exclusion):
            continue
        if verdict not in ("PASS", "REC"):
            yield item.code, f"{verdict}, excluded as {exclusion.kind if exclusion else None}"


def _counts(exclusion: Exclusion) -> bool:
    """Not applicable needs the verifier; whatever was merely not tested needs vendor and quality manager too."""
    if exclusion.kind == "NA":
        return exclusion.verified_at is not None
    return bool(exclusion.verified_at and exclusion.vendor_accepted_at and exclusion.quality_approved_at)


def _verdict_of(item: int, *, standing_only: bool) -> str:
    """The verdict of the newest test that was verified and not taken back; `none` where there is none."""
    for attempt in Attempt.objects.filter(plan_item=item).order_by("-ordinal", "-revision"):
        kinds = list(AttemptAct.objects.filter(attempt=attempt).order_by("pk").values_list("kind", flat=True))
        if kinds and kinds[-1] in ("superseded", "invalidated"):
            continue
        if "verified" not in kinds:
            continue
        if standing_only and kinds[-1] == "invalidation_requested":
            return f"{attempt.verdict} in doubt" if attempt.verdict != "PASS" else "PASS"
        return attempt.verdict
    return "none"


def _on_other_versions(order: Order, certification: Certification) -> Iterator[str]:
    """Items whose newest result was measured on another version than the listed one, without a scope that keeps it."""
    hardware, firmware = _listed(certification)
    kept = set(ScopeLine.objects.filter(scope__rework__order=order, choice="keep").values_list("plan_item_id",
                                                                                               flat=True))
    for item in order.plan.filter(inclusion="in", is_counted=True):
        newest = Attempt.objects.filter(plan_item=item, acts__kind="verified").exclude(
            acts__kind__in=["superseded", "invalidated"]).select_related("version__hardware", "version__firmware"
                                                                         ).order_by("ordinal", "revision").last()
        if newest is None or item.pk in kept:
            continue
        tested = (newest.version.hardware.version, newest.version.firmware.version)
        if tested != (hardware, firmware):
            yield f"{item.code} was tested on {tested}"


def _judged_their_own(order: Order) -> Iterator[str]:
    """Nobody judges what they did: S1 to S4 and S10, on who acted."""
    attempts = Attempt.objects.filter(plan_item__order=order)
    recorders = dict(attempts.values_list("pk", "recorded_by_id"))
    acts = list(AttemptAct.objects.filter(attempt__in=attempts).values_list("attempt_id", "kind", "actor_id"))
    for attempt, kind, actor in acts:
        if kind in ("verified", "returned") and recorders[attempt] == actor:
            yield f"attempt {attempt} was {kind} by its recorder"
    asked = {(attempt, actor) for attempt, kind, actor in acts if kind == "invalidation_requested"}
    yield from (f"attempt {attempt} was invalidated by who asked" for attempt, kind, actor in acts
                if kind == "invalidated" and (attempt, actor) in asked)
    for exclusion in Exclusion.objects.filter(plan_item__order=order, state="approved"):
        if exclusion.proposed_by_id in (exclusion.verifier_id, exclusion.quality_manager_id):
            yield f"exclusion {exclusion.pk} was approved by who proposed it"
    for report in Report.objects.filter(order=order):
        signed = [who for who in (report.compiled_by_id, report.checked_by_id, report.authorised_by_id) if who]
        if len(signed) != len(set(signed)):
            yield f"report {report.pk} was signed twice by one person"
        if report.authorised_by_id in set(recorders.values()):
            yield f"report {report.pk} was authorised by who recorded a result"
    certification = Certification.objects.filter(order=order).first()
    if certification is not None:
        took_part = _who_took_part(order, recorders, acts)
        judges = Entry.objects.filter(chain=order.chain, object_type="certification", actor_id__isnull=False)
        yield from (f"{entry.act} by somebody who took part" for entry in judges if entry.actor_id in took_part
                    and entry.sequence > took_part[entry.actor_id])


def _who_took_part(order: Order, recorders: dict[int, int], acts: list[tuple[int, str, int]]) -> dict[int, int]:
    """Who tested, verified, explained, signed a scope or answered for a report, with the place of their first act."""
    people = set(recorders.values()) | {actor for _attempt, kind, actor in acts if kind in ("verified", "returned")}
    people |= set(Finding.objects.filter(rework__order=order).values_list("sent_by_id", flat=True))
    people |= set(Scope.objects.filter(rework__order=order).values_list("signed_by_id", flat=True))
    reports = Entry.objects.filter(chain=order.chain, act__in=ANSWERS_FOR_A_REPORT, actor_id__isnull=False)
    people |= set(reports.values_list("actor_id", flat=True))
    first: dict[int, int] = {}
    for entry in Entry.objects.filter(chain=order.chain, actor_id__in=people).exclude(
            object_type="certification").order_by("sequence"):
        if entry.act.startswith(("attempt.", "attempts.", "rework.", "report.", "exclusion.", "results.")):
            first.setdefault(int(entry.actor_id or 0), entry.sequence)
    return first


def _public_and_certified_differ(order: Order) -> Iterator[str]:
    """The public listing says what the decision says."""
    for found in Certification.objects.filter(order=order, listing__isnull=False).select_related("listing"):
        assert found.listing is not None
        if found.state != found.listing.status:
            yield f"{found.listing.listing_number} is {found.listing.status} in public and {found.state} by decision"


def two_valid_of_one_device() -> Iterator[str]:
    """One device has one valid certification at most."""
    seen: dict[int, str] = {}
    for number, device in Listing.objects.filter(status="valid", certification__isnull=False).values_list(
            "listing_number", "certification__order__device_id"):
        if device in seen:
            yield f"{number} and {seen[device]} are valid for one device"
        seen[device] = number
