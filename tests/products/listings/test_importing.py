"""The published products: facts as printed, nothing invented, twice the same."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from members.companies.models import Company
from members.history.models import Entry
from products.listings.errors import PublishedProductsInvalid
from products.listings.importing import import_published_products
from products.listings.models import Listing
from products.listings.selectors import directory_version, listings_public
from products.listings.states import Source
from products.orders.models import Order
from products.reports.models import Report
from products.results.models import Attempt
from products.suites.models import Edition
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
SOURCE = "《在路上》2024年6月 第84期，WAPI产业联盟"


def test_import_takes_over_the_facts_as_printed(catalogue):
    rows = factory.published()
    row = rows["N01"]
    assert (row.source, row.source_title, row.listing_number) == (Source.PUBLISHED_BEFORE, SOURCE, "WAPI-B-0001")
    assert (row.company.name_zh, row.model, row.device_type.code, row.device_subtype_zh) == (
        "杭州宁讯信息科技有限公司", "AP780N-806-WAPI", "AP", "室外型")
    assert (row.bands, row.generation, row.categories_passed) == (
        ["2.4GHz", "5GHz"], "802.11ac", ["IOP", "INT", "FUN"])
    assert (row.listed_on, row.edition) == (date(2024, 2, 23), None)
    assert row.published_facts["as_printed_zh"]["antenna"] == "外置高增益天线"
    assert rows["N03"].edition == catalogue.edition
    assert rows["N03"].rework_as_published["item_zh"] == "重传功能"


def test_import_invents_no_state_no_report_and_no_result(catalogue):
    rows = factory.published().values()
    assert {(row.status, row.status_since, row.report, row.device, row.hardware) for row in rows} == {(None,) * 5}
    assert [model.objects.count() for model in (Order, Report, Attempt)] == [0, 0, 0]


def test_import_lists_the_companies_that_were_only_named(catalogue):
    rows = factory.published()
    assert len(rows) == 10
    for key in ("K06", "K07"):
        row = rows[key]
        assert row.source_title == SOURCE
        assert {getattr(row, name) for name in ("model", "name_zh", "device_type", "bands", "generation", "edition",
                                                "categories_passed", "listed_on", "published_facts")
                } == {None}


def test_import_leaves_out_what_was_mentioned_but_not_tested(catalogue):
    factory.published()
    assert not Listing.objects.matching("sim850").exists()
    assert not Listing.objects.filter(company__name_zh="许昌许继软件技术有限公司").exists()


def test_import_registers_companies_with_names_that_nobody_confirmed(catalogue):
    factory.published()
    company = Company.objects.get(name_zh="广州莲雾科技有限公司")
    assert (company.short_name_zh, company.name_en, company.name_en_confirmed, company.uscc) == (
        "莲雾科技", "Guangzhou Lianwu Technology Co., Ltd.", False, None)


def test_import_twice_changes_nothing(catalogue):
    factory.published()
    before = list(Listing.objects.order_by("pk").values())
    entries, version = Entry.objects.count(), directory_version()
    outcome = import_published_products(factory.published_data())
    assert (outcome.created, outcome.changed, len(outcome.unchanged)) == ([], [], 10)
    assert list(Listing.objects.order_by("pk").values()) == before
    assert (Entry.objects.count(), directory_version(), Company.objects.count()) == (entries, version, 8)


def test_import_writes_one_history_entry_per_listing(catalogue):
    factory.published()
    assert Entry.objects.filter(act="listing.imported", chain__startswith="listing:WAPI-B-").count() == 10


def test_import_again_with_a_correction_changes_that_listing_alone(catalogue):
    factory.published()
    data, version = factory.published_data(), directory_version()
    data["products"][0]["model"] = "AP780N-807-WAPI"
    outcome = import_published_products(data)
    assert (outcome.changed, len(outcome.unchanged)) == (["WAPI-B-0001"], 9)
    assert [row.listing_number for row in listings_public().matching("807")] == ["WAPI-B-0001"]
    assert Entry.objects.get(act="listing.reimported").told == {"model": "AP780N-807-WAPI"}
    assert directory_version() == version + 1


def test_import_after_a_rename_keeps_the_company(catalogue):
    rows = factory.published()
    Company.objects.filter(pk=rows["N01"].company_id).update(name_zh="演示改名有限公司")
    import_published_products(factory.published_data())
    assert Company.objects.filter(name_zh__contains="宁讯").count() == 0
    assert Listing.objects.get(source_key="N01").company.name_zh == "演示改名有限公司"


def test_import_before_its_edition_links_it_the_next_time(catalogue):
    Edition.objects.filter(slug="2024-03").update(slug="演示-renamed")
    outcome = import_published_products(factory.published_data())
    assert (outcome.unknown_editions, Listing.objects.filter(edition__isnull=False).count()) == ({"2024-03"}, 0)
    Edition.objects.filter(slug="演示-renamed").update(slug="2024-03")
    assert len(import_published_products(factory.published_data()).changed) == 6


MISTAKES = [
    ("company", "K99", "unknown_company"),
    ("device_type", "XX", "unknown_device_type"),
    ("bands", ["9GHz"], "unknown_choice"),
    ("phy", "802.11zz", "unknown_choice"),
    ("categories_passed", ["XXX"], "unknown_category"),
    ("published_on", "2024-13-01", "date_invalid"),
    ("published_on", 20240101, "date_invalid"),
    ("report_number", "R-1", "must_be_null"),
    ("certification_status", "valid", "must_be_null"),
    ("model", "", "missing_field"),
    ("id", "N02", "duplicate_key"),
    ("id", None, "missing_field"),
]


@pytest.mark.parametrize(("field", "value", "code"), MISTAKES)
def test_import_of_a_wrong_record_names_it_and_saves_nothing(catalogue, field, value, code):
    data = factory.published_data()
    data["products"][0][field] = value
    with pytest.raises(PublishedProductsInvalid) as caught:
        import_published_products(data)
    assert (field, code) in [(row["field"], row["code"]) for row in caught.value.rows]
    assert (Listing.objects.count(), Company.objects.count()) == (0, 0)


def test_import_of_a_wrong_company_or_name_names_each(catalogue):
    data = factory.published_data()
    data["about"]["source_zh"] = ""
    data["companies"][0]["name_zh"] = ""
    del data["companies"][1]["name_en"]
    data["named_as_passed_without_details_zh"].append("演示无此企业")
    with pytest.raises(PublishedProductsInvalid) as caught:
        import_published_products(data)
    assert [(row["record"], row["field"], row["code"]) for row in caught.value.rows] == [
        (None, "about.source_zh", "missing_field"), ("K01", "name_zh", "missing_field"),
        ("K02", "name_en", "missing_field"),
        ("演示无此企业", "named_as_passed_without_details_zh", "unknown_company")]


def test_command_loads_and_reports_what_it_did(catalogue, capsys):
    call_command("load_published_products")
    call_command("load_published_products")
    assert capsys.readouterr().out.splitlines() == [
        "published products: 10 created, 0 changed, 0 unchanged",
        "published products: 0 created, 0 changed, 10 unchanged"]


def test_command_without_the_catalogue_says_what_is_missing(db):
    with pytest.raises(CommandError, match="N01: device_type"):
        call_command("load_published_products")
    assert Listing.objects.count() == 0
