"""The import as a whole: check everything, then the shared vocabulary, then each edition, oldest first."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from members.people.models import User
from products.devices.models import DeviceType
from products.suites.errors import EditionFrozen, NotSuiteEditor, SuiteInvalid
from products.suites.importing.checking import Checker, Known
from products.suites.importing.reading import read_edition, read_items
from products.suites.importing.vocabulary import load_vocabulary
from products.suites.importing.writing import EditionLoader, differences_from
from products.suites.models import Applicability, Category, Edition, Feature, Standard
from products.suites.permissions import can_edit_editions
from products.suites.states import FROZEN, EditionStatus
from wapicert.texts import STORY, takes_text

Row = dict[str, Any]


@takes_text(data=STORY)
@transaction.atomic
def import_suite(data: Row, actor: User | None = None) -> None:
    """Bring the suite in line with `data` (the form of data/suite.json); loading it again changes nothing.

    Refuses data that contradicts itself (SuiteInvalid, one row per mistake) and any change of a published or retired
    edition or of the rule of a feature that such an edition uses (EditionFrozen, one row per difference); then
    nothing is saved. Without an actor, as a command, an edition whose data say `published` is published at once: it
    was published before this system. A person (SE) only makes and changes drafts; what they change in an approved
    edition takes the approval away.
    """
    if actor is not None and not can_edit_editions(actor):
        raise NotSuiteEditor
    if mistakes := Checker(data, known_in(data)).check():
        raise SuiteInvalid(rows=mistakes)
    _refuse_changed_rules(data)
    editions = {edition.slug: edition for edition in Edition.objects.select_for_update()}
    _refuse_changed_editions(data, editions)
    loader = EditionLoader(load_vocabulary(data), actor)
    for row in _oldest_first(data["editions"]):
        edition = editions.setdefault(row["slug"], Edition(slug=row["slug"]))
        if edition.status not in FROZEN:
            predecessor = editions[row["predecessor"]] if row.get("predecessor") else None
            columns = read_edition(row) | {"predecessor": predecessor}
            fingerprint = loader.load(edition, columns, read_items(data, edition.slug))
            if actor is None and row["state"] == EditionStatus.PUBLISHED:
                loader.publish_as_known(edition, fingerprint)


def known_in(data: Row) -> Known:
    """What the data may name: what it brings itself and what is there already."""

    def names(model: Any, field: str, part: str, key: str) -> set[str]:
        return set(model.objects.values_list(field, flat=True)) | {row.get(key) for row in data.get(part, [])}

    return Known(
        device_types=set(DeviceType.objects.values_list("code", flat=True)),
        categories=names(Category, "code", "categories", "code"),
        standards=names(Standard, "code", "standards", "id"),
        features=names(Feature, "key", "features", "key"),
        editions=names(Edition, "slug", "editions", "slug"),
    )


def _refuse_changed_rules(data: Row) -> None:
    """A feature's rule decides plans as much as an item's text, hence is frozen with the edition that uses it."""
    used = Feature.objects.filter(
        pk__in=Applicability.objects.filter(item_version__edition__status__in=FROZEN).values("feature")
    )
    rules = {feature.key: (feature.derived_from, feature.asked) for feature in used}
    changed = [
        {"item": None, "field": f"features.{row['key']}", "code": "feature_changed"}
        for row in data.get("features", [])
        if row["key"] in rules and rules[row["key"]] != (row.get("derived_from"), bool(row.get("asked")))
    ]
    if changed:
        raise EditionFrozen(rows=changed)


def _refuse_changed_editions(data: Row, editions: dict[str, Edition]) -> None:
    """Hold every frozen edition against the data, so that the refusal names all that differs in all of them."""
    frozen = [row for row in data["editions"] if row["slug"] in editions and editions[row["slug"]].status in FROZEN]
    slugs: dict[int | None, str] = {edition.pk: edition.slug for edition in editions.values()}
    rows: list[Row] = []
    for row in frozen:
        edition = editions[row["slug"]]
        columns = [name for name, value in read_edition(row).items() if getattr(edition, name) != value]
        if slugs.get(edition.predecessor_id) != row.get("predecessor"):
            columns.append("predecessor")
        rows += differences_from(edition, columns, read_items(data, edition.slug))
    if rows:
        raise EditionFrozen(rows=rows)


def _oldest_first(rows: list[Row]) -> list[Row]:
    """Predecessors before their successors, whatever the order of the data, which holds no loop."""
    waiting, ordered = {row["slug"]: row for row in rows}, []
    while waiting:
        for row in [row for row in waiting.values() if row.get("predecessor") not in waiting]:
            ordered.append(waiting.pop(row["slug"]))
    return ordered
