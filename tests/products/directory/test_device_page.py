"""The device's page as of a day, its family, and what machines read from it."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.utils import timezone

from products.certification.states import CertificationState
from products.listings.importing import import_published_products
from products.listings.models import ListingChange
from products.listings.services import rename_company
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
OURS = "/products/WAPI-2026-00001/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_page_as_of_a_day_shows_the_state_and_history_of_that_day(cast, catalogue, client):
    factory.suspended(cast, catalogue)
    then = client.get(f"{OURS}?as_of=2026-11-20")
    assert (then.context["listing"].status, then.context["listing"].status_since) == ("valid", date(2026, 11, 20))
    assert [event["status"] for event in then.context["events"]] == ["valid"]
    assert "以下为 2026年11月20日 当日结束时的状态与事实" in text(then)
    assert "现场抽查" not in text(then)
    with time_machine.travel("2026-11-23 12:00+08:00", tick=False):
        now = client.get(f"{OURS}?as_of=2026-11-22")
    assert (now.context["listing"].status, now.context["reason"]) == ("suspended", "现场抽查发现固件与受测版本不一致")


def test_page_as_of_a_day_before_it_was_listed_says_so(cast, catalogue, client):
    factory.listed(cast, catalogue)
    page = text(client.get(f"{OURS}?as_of=2025-06-30"))
    assert "2025年6月30日 当日尚未列入名录" in page
    for later in ("WAPI-T-2026-0001", "有效", "2.3.1", "电池寿命"):
        assert later not in page, later


def test_page_as_of_a_day_before_a_renaming_bears_the_name_of_then(cast, catalogue, client):
    with time_machine.travel("2026-11-20 12:00+08:00", tick=False):
        factory.listed(cast, catalogue)
    with time_machine.travel("2026-12-01 12:00+08:00", tick=False):
        rename_company(company=cast.company_a, actor=cast.intake, name_zh="演示改名有限公司")
        assert client.get(f"{OURS}?as_of=2026-11-30").context["company_name"] == "演示甲通信科技有限公司"
        assert client.get(f"{OURS}?as_of=2026-12-01").context["company_name"] == "演示改名有限公司"
        assert client.get(OURS).context["company_name"] == "演示改名有限公司"


def test_page_as_of_a_day_before_a_correction_shows_the_facts_of_then(cast, catalogue, client):
    with time_machine.travel("2026-11-01 12:00+08:00", tick=False):
        number = factory.published()["N03"].listing_number
    data = factory.published_data()
    record = next(row for row in data["products"] if row["id"] == "N03")
    record["model"], record["device_type"], record["published_on"] = "ZNPBM-2", None, "2024-05-01"
    with time_machine.travel("2026-11-10 12:00+08:00", tick=False):
        import_published_products(data)
        then = client.get(f"/products/{number}/?as_of=2026-11-09").context["listing"]
        now = client.get(f"/products/{number}/").context["listing"]
        early = text(client.get(f"/products/{number}/?as_of=2025-06-30"))
    assert (then.model, then.device_type.code, then.listed_on) == ("ZNPBM", "SEN", date(2024, 4, 12))
    assert (now.model, now.device_type, now.listed_on) == ("ZNPBM-2", None, date(2024, 5, 1))
    assert "本系统于 2026年11月1日 载入此条目" in early


def test_page_as_of_a_day_shows_the_reports_in_their_state_of_then(cast, catalogue, client):
    listing = factory.listed(cast, catalogue)
    report = listing.report
    report.state, report.withdrawn_at = "withdrawn", timezone.make_aware(timezone.datetime(2026, 11, 25, 9))
    report.save(update_fields=["state", "withdrawn_at"])
    with time_machine.travel("2026-11-27 12:00+08:00", tick=False):
        states = {day: [row.state for row in client.get(f"{OURS}?as_of=2026-11-{day}").context["reports"]]
                  for day in (19, 24, 25)}
    assert states == {19: [], 24: ["issued"], 25: ["withdrawn"]}


@pytest.mark.parametrize(("value", "reason"), [("x", "日期请写作"), ("2999-01-01", "不能晚于今天"),
                                               ("1999-01-01", "2003 年或以后")])
def test_page_as_of_no_day_names_the_mistake_and_shows_the_present(cast, catalogue, client, value, reason):
    factory.listed(cast, catalogue)
    response = client.get(OURS, {"as_of": value})
    assert (response.status_code, response.context["standing"], response.has_header("ETag")) == (422, None, False)
    assert reason in text(response)


def test_page_as_of_a_day_is_for_people_not_for_search_engines(cast, catalogue, client):
    factory.listed(cast, catalogue)
    assert 'content="noindex"' in text(client.get(f"{OURS}?as_of=2026-11-20"))
    page = text(client.get(OURS))
    assert 'content="noindex"' not in page
    assert '<link rel="canonical" href="http://127.0.0.1:8000/products/WAPI-2026-00001/">' in page


def test_family_holds_the_same_device_again_and_models_of_the_same_beginning(cast, catalogue, client):
    series = factory.device(cast.company_a, catalogue, model="DEMO-TH-2")
    foreign = factory.device(cast.company_b, catalogue, model="DEMO-TH-3")
    other = factory.device(cast.company_a, catalogue, model="SOLO")
    ours = factory.listed(cast, catalogue, nth=1)
    factory.listed(cast, catalogue, nth=2, device=ours.device)
    for nth, device in enumerate((series, foreign, other), start=3):
        factory.listed(cast, catalogue, nth=nth, device=device)
    shown = client.get(OURS).context
    numbers = {name: [line["listing_number"] for line in shown[name]] for name in ("again", "relatives", "others")}
    assert numbers == {"again": ["WAPI-2026-00002"], "relatives": ["WAPI-2026-00003"], "others": ["WAPI-2026-00005"]}
    assert (shown["stem"], client.get("/products/WAPI-2026-00005/").context["stem"]) == ("demo-th", None)
    assert "1 个同系列型号</a> <span class=\"soft small\">（按型号推断，企业未声明）" in text(client.get(OURS))
    # What stands beside it today says nothing of that day.
    assert "同系列型号" not in text(client.get(f"{OURS}?as_of=2026-11-20"))


@pytest.mark.parametrize(("model", "relatives"), [
    ("DEMO-TH-1", ["DEMO-TH.2"]), ("AP780N-806-WAPI", ["AP780N", "AP780N/2"]),
    ("ap780n", ["AP780N-806-WAPI", "AP780N/2"]), ("DEMO-LV-1", []), ("DEMO-2", []), ("AP780NX", []),
])
def test_models_of_a_series_share_more_than_a_brand(cast, catalogue, client, model, relatives):
    models = ["DEMO-TH-1", "DEMO-TH.2", "DEMO-THX-3", "DEMO-LV-1", "DEMO-2", "AP780N-806-WAPI", "ap780n", "AP780N/2",
              "AP780NX"]
    for nth, name in enumerate(models, start=1):
        factory.listed(cast, catalogue, nth=nth, device=factory.device(cast.company_a, catalogue, model=name))
    page = client.get(f"/products/WAPI-2026-{models.index(model) + 1:05}/")
    assert {line["model"].upper() for line in page.context["relatives"]} == set(relatives)
    assert ("系列与衍生</dt><dd><span class=\"unpublished\">未载明" in text(page)) is not bool(relatives)


def test_machines_read_product_maker_and_whether_the_certification_is_active(cast, catalogue, client):
    factory.suspended(cast, catalogue)
    page = text(client.get(OURS))
    for part in ('itemtype="https://schema.org/Product"', '<span itemprop="model">DEMO-TH-1</span>',
                 'itemprop="manufacturer" itemscope', 'https://schema.org/CertificationInactive',
                 'itemprop="validFrom" content="2026-11-20"'):
        assert part in page, part
    assert "<script type" not in page
    published = factory.published()["N03"].listing_number
    assert "hasCertification" not in text(client.get(f"/products/{published}/"))


def test_step_that_concerns_the_vendor_alone_changes_no_day(cast, catalogue, client):
    listing = factory.listed(cast, catalogue)
    factory.event(listing.certification, CertificationState.REFUSED, date(2026, 11, 20), "演示机密")
    assert "演示机密" not in text(client.get(f"{OURS}?as_of=2026-11-20"))
    assert ListingChange.objects.count() == 1
