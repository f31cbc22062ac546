"""The suite's data are loaded once, whole, and never over a frozen edition."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members.history.models import Entry
from members.history.selectors import breaks_in, entries_of
from products.management.commands import load_catalogue as command
from products.suites.errors import EditionFrozen, NotSuiteEditor, SuiteInvalid
from products.suites.importing import import_suite
from products.suites.models import Applicability, Edition, Feature, Item, ItemVersion, Measurement
from products.suites.selectors import content_of, fingerprint_of
from products.suites.states import EditionStatus
from tests.factories import catalogue as factory

pytestmark = pytest.mark.django_db
MODELS = [Edition, Item, ItemVersion, Applicability, Measurement, Feature, Entry]


def everything() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def frozen_rows(data: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    before = everything()
    with pytest.raises(EditionFrozen) as refusal:
        import_suite(data)
    assert everything() == before
    return [(row["item"], row["field"], row["code"]) for row in refusal.value.rows
            if row.get("edition") != "before-2024-03"]


def test_load_catalogue_first_time_fills_both_editions(catalogue: Any) -> None:
    counts = {edition.slug: edition.items.count() for edition in Edition.objects.all()}
    assert counts == {"2024-03": 125, "before-2024-03": 110}
    assert Item.objects.count() == 125
    assert ItemVersion.objects.get(edition=catalogue.edition, code="FUN-RT").result_type == "derived"


def test_load_catalogue_twice_changes_nothing(catalogue: Any) -> None:
    before = everything()
    factory.load()
    assert everything() == before


def test_load_catalogue_writes_few_queries_and_is_quick(db: None, django_assert_max_num_queries: Any) -> None:
    started = time.perf_counter()
    with django_assert_max_num_queries(110):
        factory.load()
    assert time.perf_counter() - started < 5
    with django_assert_max_num_queries(30):
        factory.load()


def test_import_suite_published_edition_has_the_documented_fingerprint(catalogue: Any) -> None:
    edition = catalogue.edition
    assert edition.status == EditionStatus.PUBLISHED
    assert edition.fingerprint == fingerprint_of("2024-03", content_of(edition))
    assert edition.fingerprint != catalogue.predecessor.fingerprint
    entry = entries_of(edition.chain).last()
    assert entry
    assert (entry.act, entry.after["fingerprint"]) == ("edition.published", edition.fingerprint)
    assert breaks_in(edition.chain) == []


def test_import_suite_changed_published_edition_is_refused_with_what_differs(catalogue: Any) -> None:
    data = factory.suite()
    factory.item_of(data, "PER-06")["measurements"][1]["limit"] = 90
    factory.item_of(data, "FUN-RT-01")["parent"] = None
    data["items"] = [row for row in data["items"] if row["code"] != "FUN-ASP"]
    assert frozen_rows(data) == [
        ("FUN-RT-01", "parent", "item_changed"),
        ("PER-06", "measurements", "item_changed"),
        ("FUN-ASP", "code", "item_removed"),
    ]


def test_import_suite_changed_published_editions_are_all_named(catalogue: Any) -> None:
    data = factory.suite()
    factory.item_of(data, "IOP-01")["name_en"] = "Other"
    with pytest.raises(EditionFrozen) as refusal:
        import_suite(data)
    assert [(row["edition"], row["item"]) for row in refusal.value.rows] == [
        ("2024-03", "IOP-01"), ("before-2024-03", "IOP-01"),
    ]


def test_import_suite_reordered_published_edition_is_refused(catalogue: Any) -> None:
    data = factory.suite()
    data["items"].reverse()
    assert frozen_rows(data) == [(None, "items", "order_changed")]


def test_import_suite_renamed_published_edition_is_refused(catalogue: Any) -> None:
    data = factory.suite()
    data["editions"][0]["label_en"] = "Another name"
    assert frozen_rows(data) == [(None, "label_en", "edition_changed")]


def test_import_suite_changed_rule_of_a_used_feature_is_refused(catalogue: Any) -> None:
    data = factory.suite()
    data["features"][0]["derived_from"]["has"] = "6GHz"
    assert frozen_rows(data) == [(None, "features.band_2_4", "feature_changed")]


def test_import_suite_renamed_feature_keeps_its_row(catalogue: Any) -> None:
    data = factory.suite()
    before = Feature.objects.get(key="band_2_4")
    data["features"][0]["name_en"] = "2.4 GHz"
    import_suite(data)
    after = Feature.objects.get(key="band_2_4")
    assert (after.pk, after.name_en) == (before.pk, "2.4 GHz")


def test_import_suite_by_editor_makes_a_draft_with_its_own_texts(catalogue: Any, cast: Any) -> None:
    edition = factory.draft_edition(editor=cast.editor)
    assert (edition.status, edition.edited_by, edition.fingerprint) == ("draft", cast.editor, "")
    assert edition.predecessor == catalogue.edition
    assert edition.items.count() == 124
    assert edition.items.get(code="FUN-RT-01").requirement_zh.endswith("（演示改动）")
    assert not catalogue.edition.items.get(code="FUN-RT-01").requirement_zh.endswith("（演示改动）")
    entry = entries_of(edition.chain).get()
    assert (entry.act, entry.actor_id, entry.after["items"]) == ("edition.edited", cast.editor.pk, 124)


def test_import_suite_by_editor_never_publishes(catalogue: Any, cast: Any) -> None:
    data = factory.draft_data()
    data["editions"][0]["state"] = "published"
    import_suite(data, actor=cast.editor)
    assert Edition.objects.get(slug="2026-draft").status == EditionStatus.DRAFT


def test_import_suite_by_tester_is_refused(catalogue: Any, cast: Any) -> None:
    with pytest.raises(NotSuiteEditor):
        import_suite(factory.draft_data(), actor=cast.tester)
    assert not Edition.objects.filter(slug="2026-draft").exists()


def test_import_suite_same_draft_again_changes_nothing(catalogue: Any, cast: Any) -> None:
    factory.draft_edition(editor=cast.editor)
    before = everything()
    factory.draft_edition(editor=cast.editor)
    assert everything() == before


def test_import_suite_changed_draft_replaces_its_items(catalogue: Any, cast: Any) -> None:
    edition = factory.draft_edition(editor=cast.editor)
    data = factory.draft_data()
    data["items"] = [row for row in data["items"] if row["code"] != "PER-01"]
    import_suite(data, actor=cast.editor)
    assert edition.items.count() == 123
    assert entries_of(edition.chain).count() == 2


def test_import_suite_changed_approved_edition_loses_its_approval(catalogue: Any, cast: Any) -> None:
    edition = factory.draft_edition(editor=cast.editor)
    Edition.objects.filter(pk=edition.pk).update(status="approved", approved_by=cast.approver)
    data = factory.draft_data()
    data["editions"][0]["label_en"] = "Demonstration draft, second try"
    import_suite(data, actor=cast.editor)
    edition.refresh_from_db()
    assert (edition.status, edition.approved_by) == ("draft", None)


def test_import_suite_with_mistakes_names_them_all_and_saves_nothing(catalogue: Any) -> None:
    data = factory.suite()
    factory.item_of(data, "IOP-02")["category"] = "XXX"
    factory.item_of(data, "IOP-03")["name_zh"] = ""
    before = everything()
    with pytest.raises(SuiteInvalid) as refusal:
        import_suite(data)
    assert everything() == before
    assert refusal.value.rows == [
        {"row": 2, "item": "IOP-02", "field": "category", "code": "unknown_category",
         "message": "没有这个测试类别。", "remedy": "请更正后重新导入。"},
        {"row": 3, "item": "IOP-03", "field": "name_zh", "code": "missing_field",
         "message": "缺少必填内容。", "remedy": "请更正后重新导入。"},
    ]


def test_load_catalogue_command_says_what_it_holds(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_catalogue")
    assert capsys.readouterr().out == "11 device types, 2 editions, 59 reasons for rework\n"


def test_load_catalogue_command_refused_names_what_differs(
    catalogue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = factory.suite()
    factory.item_of(data, "IOP-01")["name_en"] = "Other"
    files = {"suite.json": data, "device-types.json": factory.device_types()}
    monkeypatch.setattr(command, "read", lambda path: files[path.name])
    with pytest.raises(CommandError, match=r"2024-03 IOP-01 name_en: item_changed"):
        call_command("load_catalogue")
