"""Public figures: counted from what is public, honest about what is missing, the same as CSV."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

import pytest
from django.utils import timezone

from products.listings.models import Listing
from products.orders.models import Order
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


def drawn(client) -> dict[str, object]:
    # An address of its own each time: an answer that was kept is bytes without a context.
    page = client.get("/figures/", {"asked": secrets.token_hex(4)})
    return {chart.key: chart for chart, _csv in page.context["charts"]}


def test_listings_are_counted_by_year_and_type_and_the_undated_are_named(cast, catalogue, client):
    factory.published()
    factory.listed(cast, catalogue)
    chart = drawn(client)["listed"]
    assert [row[0] for row in chart.rows] == ["2024", "2025", "2026"]
    assert sum(row[-1] for row in chart.rows) == Listing.objects.exclude(listed_on=None).count()
    assert [row[-1] for row in chart.rows][1:] == [0, 1]
    undated = Listing.objects.filter(listed_on=None).count()
    assert (f"{undated} 个条目的来源未载明日期" in chart.note, "其中 1 个为演示数据" in chart.note) == (True, True)


def test_editions_count_their_listings(cast, catalogue, client):
    factory.published()
    rows = dict(drawn(client)["editions"].rows)
    assert rows["2024年3月版"] == Listing.objects.filter(edition__slug="2024-03").count()


def finished(cast, catalogue, nth: int, days: int, **changes: object) -> None:
    """An order whose report was issued so many days after its submission."""
    order = factory.order(cast, catalogue, number=f"D-2026-{nth:04d}", **changes)
    report = factory.report(cast, order, number=f"WAPI-T-2026-{nth:04d}")
    report.issued_at = timezone.make_aware(timezone.datetime(2026, 11, 20, 10))
    report.save(update_fields=["issued_at"])
    Order.objects.filter(pk=order.pk).update(submitted_at=report.issued_at - timedelta(days=days))


def test_median_is_shown_from_three_reports_on(cast, catalogue, client):
    finished(cast, catalogue, 1, 10)
    finished(cast, catalogue, 2, 40)
    assert drawn(client)["days"].rows == [["2026", None, 2]]
    finished(cast, catalogue, 3, 20)
    assert drawn(client)["days"].rows == [["2026", 20, 3]]
    assert "没有这些日期，未计入" in drawn(client)["days"].note


def test_report_in_work_and_listing_from_before_count_no_days(cast, catalogue, client):
    factory.published()
    order = factory.order(cast, catalogue)
    factory.report(cast, order, number=None, state="draft", issued_on=None, issued_at=None, file=None)
    Order.objects.update(submitted_at=timezone.now())
    assert drawn(client)["days"].rows == []


def test_figures_are_light_in_both_languages_and_open_empty(cast, catalogue, client):
    assert "还没有数据" in text(client.get("/figures/"))
    factory.published()
    for language in ("zh-hans", "en"):
        response = client.get("/figures/", headers={"Accept-Language": language})
        assert (response.status_code, len(response.content) < 100 * 1024, "style=" in text(response)) == (
            200, True, False)


def test_figures_follow_a_change_at_once_and_are_not_sent_twice(cast, catalogue, client, django_assert_num_queries):
    factory.listed(cast, catalogue, nth=1)
    client.get("/figures/")
    tag = client.get("/figures/")["ETag"]
    with django_assert_num_queries(2):
        assert client.get("/figures/", headers={"If-None-Match": tag}).status_code == 304
    factory.listed(cast, catalogue, nth=2, on=date(2026, 11, 21))
    response = client.get("/figures/", headers={"If-None-Match": tag})
    assert (response.status_code, response.context["charts"][0][0].rows[-1][-1]) == (200, 2)


@pytest.mark.parametrize("name", ["listed", "editions", "days"])
def test_csv_holds_the_table(cast, catalogue, client, name):
    factory.published()
    response = client.get(f"/figures/{name}.csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0] == ",".join(drawn(client)[name].head)
    assert len(lines) == 1 + len(drawn(client)[name].rows)


def test_figure_that_there_is_not_is_not_found_and_none_takes_a_post(client):
    assert client.get("/figures/x.csv").status_code == 404
    assert client.post("/figures/").status_code == 405
