"""The public pages: what they show, to whom, how fast, and that they are never out of date."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from members.companies.models import Contact
from products.certification.models import Certification
from products.certification.states import CertificationState
from products.listings.models import Listing
from products.listings.services import rename_company, set_listing_status
from products.listings.states import ListingStatus
from tests.factories import listings as factory
from tests.factories import people

pytestmark = pytest.mark.django_db
LARGEST = 100 * 1024


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def register(cast, catalogue):
    rows = factory.published()
    rows["ours"] = factory.listed(cast, catalogue)
    return rows


@pytest.mark.parametrize("path", ["/", "/products/WAPI-B-0003/", "/products/WAPI-B-0009/", "/products/WAPI-2026-00001/",
                                  "/companies/", "/companies/C00003/", "/verify/", "/v/WAPI-T-2026-0001/",
                                  "/compare/", "/compare/?n=WAPI-B-0003&n=WAPI-2026-00001",
                                  "/?q=nothing+fits", "/?type=XX&cursor=x", "/companies/?q=zzz"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_public_page_opens_for_anybody_and_is_light(register, client, path, language):
    response = client.get(path, headers={"Accept-Language": language})
    assert response.status_code == 200
    assert len(response.content) <= LARGEST


@pytest.mark.parametrize("path", ["/products/WAPI-B-9999/", "/products/x/", "/companies/C99999/",
                                  "/v/WAPI-T-2026-0001/report.pdf", "/v/nothing/report.pdf"])
def test_unknown_address_is_not_found(register, client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(("path", "target"), [
    ("/products/wapi-b-0003/", "/products/WAPI-B-0003/"), ("/companies/c00003/", "/companies/C00003/"),
])
def test_another_writing_of_a_number_leads_to_the_permanent_address(register, client, path, target):
    response = client.get(path)
    assert (response.status_code, response.url) == (301, target)


@pytest.mark.parametrize("path", ["/", "/products/WAPI-B-0003/", "/companies/", "/verify/"])
def test_public_page_takes_no_post(register, client, path):
    assert client.post(path).status_code == 405


def test_directory_finds_by_search_and_shows_the_count(register, client):
    page = text(client.get("/", {"q": "莲雾 温湿度"}))
    assert "找到 1 个产品" in page
    assert "STH801" in page
    assert "GW410" not in page


def test_directory_without_hits_says_what_each_word_would_find(register, client):
    response = client.get("/", {"q": "莲雾 红外"})
    assert [(one["word"], one["count"]) for one in response.context["ways_out"]["words"]] == [("莲雾", 3), ("红外", 0)]
    assert "没有符合全部条件的产品" in text(response)


def test_directory_names_a_wrong_filter_and_leaves_it_out(register, client):
    page = text(client.get("/?type=XX&band=5GHz&cursor=none"))
    assert "XX 不在可用的选项中" in page
    assert "翻页标记无效" in page
    assert "找到 2 个产品" in page


def test_directory_links_set_and_lift_each_filter(register, client):
    response = client.get("/?type=SEN&q=wapi")
    group = next(group for group in response.context["groups"] if group.key == "type")
    chosen = next(choice for choice in group.choices if choice.is_chosen)
    assert (chosen.href, chosen.number) == ("/?q=wapi", 6)
    other = next(choice for choice in group.choices if not choice.is_chosen)
    assert client.get(other.href).context["asked"].selections["type"][0] == "SEN"
    assert [chip.href for chip in response.context["chips"]] == ["/?q=wapi", "/?type=SEN"]


def test_directory_pages_carry_the_query(cast, catalogue, client):
    for nth in range(1, 28):
        factory.listed(cast, catalogue, nth=nth, device=factory.device(cast.company_a, catalogue, model=f"D-{nth:02d}"))
    first = client.get("/?q=d&ordering=model")
    second = client.get(first.context["next"])
    assert [line["model"] for line in second.context["lines"]] == ["D-26", "D-27"]
    assert client.get(second.context["previous"]).context["lines"] == first.context["lines"]


# One literal per page for both numbers of rows: the version is read first, then the choices, counts and rows.
QUERIES = {"/compare/?n=WAPI-2026-00001": 4, "/?q=demo&type=SEN": 10, "/products/WAPI-2026-00001/": 15,
           "/companies/": 4, "/companies/C00001/": 5}


@pytest.fixture(params=[1, 3])
def few(request, cast, catalogue):
    """One listing of a company, and then three."""
    for nth in range(1, request.param + 1):
        factory.listed(cast, catalogue, nth=nth)


@pytest.mark.parametrize("path", QUERIES)
def test_public_page_takes_the_same_queries_for_one_row_and_three(few, client, django_assert_num_queries, path):
    with django_assert_num_queries(QUERIES[path]):
        assert client.get(path).status_code == 200


def test_device_page_shows_the_facts_and_says_what_is_not_stated(register, client):
    page = text(client.get("/products/WAPI-B-0003/"))
    for fact in ("无线式避雷器绝缘在线监测装置", "ZNPBM", "常州中能电力科技有限公司", "2.4GHz", "802.11n",
                 "2024年3月版", "互通性、完整性、功能", "2024年4月12日", "WAPI-B-0003", "本系统启用前已公布",
                 "《在路上》2024年6月 第84期，WAPI产业联盟", "全电流、阻性电流", "重传功能", "未公布编号"):
        assert fact in page, fact
    assert "有效" not in page


def test_device_page_of_a_company_that_was_only_named_shows_what_is_not_stated(register, client):
    response = client.get(f"/products/{register['K06'].listing_number}/")
    page = text(response)
    assert "河南九域腾龙信息工程有限公司" in page
    for label in ("型号", "设备类型", "频段", "802.11代际", "测试项目版本", "通过的测试类别", "受测版本"):
        assert f'<dt>{label}</dt><dd><span class="unpublished">未载明</span></dd>' in page, label


def test_device_page_of_our_own_shows_versions_report_and_digests(register, client):
    page = text(client.get("/products/WAPI-2026-00001/"))
    for fact in ("V1.0", "2.3.1", "WAPI-T-2026-0001", "abababab", "cdcdcdcd", "/v/WAPI-T-2026-0001/", "2026年11月20日",
                 "电池寿命", "5 年", "演示数据：企业、产品与结果均为虚构"):
        assert fact in page, fact


def test_device_page_leads_to_the_companys_other_devices(register, client):
    response = client.get(f"/products/{register['N06'].listing_number}/")
    assert [line["model"] for line in response.context["others"]] == ["GW410", "SWL801"]


def test_suspension_shows_on_the_very_next_request(register, client):
    first = client.get("/")
    device = client.get("/products/WAPI-2026-00001/")
    assert "有效" in text(device)
    assert client.get("/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    set_listing_status(listing=register["ours"], status=ListingStatus.SUSPENDED, since=date(2026, 11, 21),
                       reason_zh="现场抽查不符")
    again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, "暂停" in text(again)) == (200, True)
    device = client.get("/products/WAPI-2026-00001/", headers={"If-None-Match": device["ETag"]})
    assert (device.status_code, "现场抽查不符" in text(device), "2026-11-21" in text(device)) == (200, True, True)
    assert "名录资格已暂停" in text(client.get("/v/WAPI-T-2026-0001/"))


def test_withdrawn_report_shows_on_the_device_page_at_once(register, client):
    client.get("/products/WAPI-2026-00001/")
    first = client.get("/products/WAPI-2026-00001/")
    report = register["ours"].report
    report.state, report.withdrawn_at = "withdrawn", timezone.now()
    report.save(update_fields=["state", "withdrawn_at"])
    again = client.get("/products/WAPI-2026-00001/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, "已撤回" in text(again)) == (200, True)


def test_renamed_company_shows_on_the_very_next_request(register, cast, client):
    client.get("/")
    first = client.get("/")
    rename_company(company=cast.company_a, actor=cast.intake, name_zh="演示改名有限公司")
    again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, "演示改名有限公司" in text(again)) == (200, True)


def test_page_is_answered_anew_for_another_language_and_for_whoever_signs_in(register, cast, client):
    client.get("/")
    first = client.get("/")
    english = client.get("/", headers={"If-None-Match": first["ETag"], "Accept-Language": "en"})
    assert english.status_code == 200
    assert {"Cookie", "Accept-Language"} <= {name.strip() for name in first["Vary"].split(",")}
    assert "no-cache" in first["Cache-Control"]
    client.force_login(cast.vendor)
    signed_in = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert (signed_in.status_code, signed_in.has_header("ETag")) == (200, False)


def test_not_modified_page_costs_one_query(register, client, django_assert_num_queries):
    client.get("/")
    tag = client.get("/")["ETag"]
    with django_assert_num_queries(1):
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("state", [CertificationState.RECOMMENDED, CertificationState.REFUSED])
def test_device_that_was_not_granted_never_appears(cast, catalogue, client, state):
    order = factory.order(cast, catalogue, device=factory.device(cast.company_a, catalogue, model="SECRET-1"))
    report = factory.report(cast, order)
    certification = Certification.objects.create(
        order=order, report=report, state=state, state_since=timezone.now(), recommends_grant=False,
        recommendation="演示机密", reviewed_by=cast.reviewer, reviewed_at=timezone.now())
    factory.event(certification, state, date(2026, 11, 20), "演示机密")
    for path in ("/", "/?q=secret", "/companies/", "/api/v1/products/", "/api/v1/products/?facets=1&q=secret",
                 "/api/v1/companies/", "/v/WAPI-T-2026-0001/", "/api/v1/verify/WAPI-T-2026-0001/"):
        page = text(client.get(path))
        # The search box repeats what was typed in small letters; the device's own writing must not show.
        for secret in ("SECRET-1", "演示机密", cast.company_a.name_zh):
            assert secret not in page, (path, secret)
    assert client.get(f"/companies/{cast.company_a.number}/").status_code == 404
    assert Listing.objects.count() == 0


def test_events_before_the_decision_are_no_public_history(cast, catalogue, client):
    listing = factory.listed(cast, catalogue)
    factory.event(listing.certification, CertificationState.RECOMMENDED, date(2026, 11, 19), "演示机密")
    for path in ("/products/WAPI-2026-00001/", "/api/v1/products/WAPI-2026-00001/"):
        assert "演示机密" not in text(client.get(path))


def test_no_person_and_no_telephone_number_is_public(register, cast, client):
    Contact.objects.create(company=cast.company_a, name="演示联系人", phone="13800000000", email="demo@example.com")
    number = cast.company_a.number
    for path in ("/", "/products/WAPI-2026-00001/", "/companies/", f"/companies/{number}/", "/v/WAPI-T-2026-0001/",
                 "/api/v1/products/", "/api/v1/products/WAPI-2026-00001/", "/api/v1/companies/",
                 "/api/v1/verify/WAPI-T-2026-0001/"):
        page = text(client.get(path))
        for secret in ("演示联系人", "13800000000", "demo@example.com", cast.vendor.name, cast.tester.name,
                       cast.signatory.name, cast.decider.staff_number, "D-2026-0001"):
            assert secret not in page, (path, secret)


def test_demonstration_rows_carry_their_mark(register, client):
    page = text(client.get("/?q=demo"))
    assert page.count("demonstration") == 1
    assert "演示" in page
    assert "demonstration" not in text(client.get("/?q=莲雾"))


def test_company_page_marks_an_english_name_that_nobody_confirmed(register, client):
    number = register["N06"].company.number
    assert "英文名称未经企业确认" in text(client.get(f"/companies/{number}/"))


def test_companies_are_found_by_part_of_a_name(register, client):
    people.company(name_zh="演示未列入有限公司", uscc=None)
    page = text(client.get("/companies/?q=莲雾"))
    assert ("广州莲雾科技有限公司" in page, "杭州宁讯" in page) == (True, False)
    assert "演示未列入" not in text(client.get("/companies/"))
