"""Writes one edition with its items, in bulk; a frozen one is only held against the data, never written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from members.history.services import append_entry
from members.people.models import User
from products.suites.importing.vocabulary import Vocabulary
from products.suites.models import Applicability, Edition, ItemVersion, Measurement
from products.suites.selectors import (
    ItemDifference,
    content_of,
    contents,
    differences_between,
    fingerprint_of,
    items_of,
)
from products.suites.states import EditionStatus

Row = dict[str, Any]
COPIED = ("code", "group_zh", "name_zh", "name_en", "requirement_zh", "requirement_en", "result_type", "basis",
          "evidence", "origin")


@dataclass(frozen=True)
class EditionLoader:
    """Loads editions in the name of `actor` (None: the system)."""

    vocabulary: Vocabulary
    actor: User | None

    def load(self, edition: Edition, columns: Row, items: list[Row]) -> str:
        """Bring an edition that is not frozen in line and return its fingerprint; write nothing if it already is."""
        changed = any(getattr(edition, name) != value for name, value in columns.items())
        fingerprint = fingerprint_of(edition.slug, items)
        if changed or edition.pk is None or fingerprint_of(edition.slug, content_of(edition)) != fingerprint:
            self._write_draft(edition, columns, items, fingerprint)
        return fingerprint

    def publish_as_known(self, edition: Edition, fingerprint: str) -> None:
        """Freeze an edition that the alliance published before this system; nobody here approved it."""
        before = edition.status
        edition.status, edition.fingerprint = EditionStatus.PUBLISHED, fingerprint
        edition.published_at = timezone.now()
        edition.save(update_fields=["status", "fingerprint", "published_at"])
        append_entry(chain=edition.chain, act="edition.published", actor=None, object_type="edition",
                     object_id=edition.slug, before={"status": before},
                     after={"status": edition.status, "fingerprint": edition.fingerprint},
                     reason="published before this system", rows=[edition])

    def _write_draft(self, edition: Edition, columns: Row, items: list[Row], fingerprint: str) -> None:
        """Write the edition and the items that differ; an approval falls. The history names what was changed."""
        stood = {row.code: row for row in items_of(edition)} if edition.pk else {}
        differing = differences_between(contents(stood.values()), items)
        before = {"status": edition.status, "items": len(stood)} if edition.pk else {}
        for name, value in columns.items():
            setattr(edition, name, value)
        edition.status, edition.edited_by, edition.approved_by = EditionStatus.DRAFT, self.actor, None
        edition.fingerprint = ""
        edition.save()
        kept, gone = self._write_items(edition, items, stood, differing)
        told = {"status": edition.status, "items": len(items), "fingerprint": fingerprint}
        if before:
            told |= {kind: [row.code for row in differing if row.kind == kind]
                     for kind in ("added", "changed", "removed")}
        append_entry(chain=edition.chain, act="edition.edited", actor=self.actor, object_type="edition",
                     object_id=edition.slug, before=before, after=told, rows=[edition, *kept], gone=gone)

    def _write_items(
        self, edition: Edition, items: list[Row], stood: dict[str, ItemVersion], differing: list[ItemDifference]
    ) -> tuple[list[ItemVersion], list[ItemVersion]]:
        """Write what differs; returns the items that it wrote and those that it removed."""
        written = {row.code for row in differing}
        fresh = [ItemVersion(edition=edition, item=self.vocabulary.items[row["code"]]) for row in items
                 if row["code"] not in stood]
        versions = stood | {row.item.code: row for row in fresh}
        moved = [versions[row["code"]] for position, row in enumerate(items, start=1)
                 if versions[row["code"]].position != position]
        for position, row in enumerate(items, start=1):
            version = versions[row["code"]]
            version.position, version.category = position, self.vocabulary.categories[row["category"]]
            for name in COPIED:
                setattr(version, name, row[name])
        ItemVersion.objects.bulk_create(fresh)
        families = [row for row in items if row["parent"] or row["code"] in stood]
        for row in families:
            versions[row["code"]].parent = versions[row["parent"]] if row["parent"] else None
        # Each row is a branch of the statement and costs, so that only what differs is written.
        ItemVersion.objects.bulk_update([row for row in moved if row.code in stood], ["position"])
        ItemVersion.objects.bulk_update([versions[row["code"]] for row in families if row["code"] in written],
                                        ["parent"])
        ItemVersion.objects.bulk_update([versions[code] for code in sorted(written & stood.keys() & versions.keys())
                                         if code in {row["code"] for row in items}], [*COPIED, "category"])
        touched = ItemVersion.objects.filter(edition=edition, code__in=written)
        for part in (Applicability, Measurement):
            part._default_manager.filter(item_version__in=touched).delete()
        gone = touched.filter(code__in=written - {row["code"] for row in items})
        # Parents are protected against deletion, within the edition too, so the family is dissolved first.
        gone.update(parent=None)
        gone.delete()
        wanted = [row for row in items if row["code"] in written]
        self._write_applicability(versions, wanted)
        _write_measurements(versions, wanted)
        codes = {row["code"] for row in items}
        return ([row for code, row in versions.items() if code in codes and (code in written or row in moved)],
                [row for code, row in stood.items() if code not in codes])

    def _write_applicability(self, by_code: dict[str, ItemVersion], items: list[Row]) -> None:
        Applicability.objects.bulk_create(
            Applicability(
                item_version=by_code[row["code"]],
                device_type=self.vocabulary.device_types[device_type],
                level=rule["level"],
                feature=self.vocabulary.features[rule["feature"]] if rule["feature"] else None,
            )
            for row in items
            for device_type, rule in row["applicability"].items()
        )


def _write_measurements(by_code: dict[str, ItemVersion], items: list[Row]) -> None:
    Measurement.objects.bulk_create(
        Measurement(
            item_version=by_code[row["code"]],
            position=position,
            **entry | {"limit": None if entry["limit"] is None else Decimal(entry["limit"])},
        )
        for row in items
        for position, entry in enumerate(row["measurements"])
    )


def differences_from(edition: Edition, columns: list[str], items: list[Row]) -> list[Row]:
    """One row per difference of a frozen edition: {edition, item, field, code}; only a new order has its own row.

    `columns` are the edition's own columns that differ. Only if the fingerprint differs are the items read at all.
    """
    found: list[tuple[str | None, str, str]] = [(None, name, "edition_changed") for name in columns]
    if edition.fingerprint != fingerprint_of(edition.slug, items):
        differing = differences_between(content_of(edition), items)
        found += [(row.code, name, f"item_{row.kind}") for row in differing for name in row.fields or ["code"]]
        if not differing:
            found.append((None, "items", "order_changed"))
    return [{"edition": edition.slug, "item": item, "field": name, "code": code} for item, name, code in found]
