"""A sensor's way to the public directory through the pages, in a real browser, by the people whose parts it needs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from products.management.demonstration.people import PASSWORD
from tests.journeys.clients import Api
from tests.journeys.road import CAPTURE
from tests.journeys.site import Site

pytestmark = pytest.mark.browser

MODEL, HARDWARE, FIRMWARE, FIXED = "DEMO-WEB-1", "V1.0", "3.0.0", "3.0.1"
FAILING = ("FUN-RT-02", "FUN-RT-08")
# What each row of the bench asks for, read from the page at once.
ROWS = """rows => rows.map(row => ({
    code: row.querySelector("th").innerText.trim(), judged: !!row.querySelector("input[type=radio]"),
    values: [...row.querySelectorAll("input[name^='value.']")].map(one => one.name),
    choices: [...row.querySelectorAll("select[name^='value.']")].map(one => one.name)}))"""
PATIENCE = 120_000  # milliseconds, for a machine that does much else


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, browser: Browser, site: Site, username: str) -> None:
        self.context = browser.new_context(base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai")
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        if username:
            self.page.goto("/accounts/login/")
            self.page.locator("#id_login").fill(username)
            self.page.locator("#id_password").fill(PASSWORD)
            self.page.locator("main form button.primary").click()
            self.page.wait_for_url(re.compile(r"^(?!.*/accounts/login/)"))

    def open(self, path: str) -> Page:
        """Go to an address that must be there."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        return self.page

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press the button of that name; every step leads to a page that says it was done."""
        (within or self.page).get_by_role("button", name=name, exact=True).click()
        expect(self.page.locator(".messages .tone-pass")).to_be_visible(timeout=PATIENCE)


@pytest.fixture
def person(browser: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """`person("lab")` signs somebody in, `person()` is the public; no script of any page may have failed."""
    everybody: list[Person] = []

    def arrive(username: str = "") -> Person:
        everybody.append(Person(browser, site, username))
        return everybody[-1]

    yield arrive
    for one in everybody:
        one.context.close()
    assert [error for one in everybody for error in one.errors] == []


def apply(vendor: Person) -> str:
    """The plan grows while the vendor declares; the order's number."""
    page = vendor.open("/my/")
    page.get_by_role("link", name="申请测试", exact=True).click()
    page.locator('a[href="/my/apply/new/SEN/"]').click()
    for field, text in {"name_zh": "演示湿度传感器", "model": MODEL, "hardware": HARDWARE, "firmware": FIRMWARE,
                        "spec_measurand": "温度、湿度"}.items():
        page.locator(f"#id_{field}").fill(text)
    for choice in ("2.4GHz", "证书"):
        page.get_by_label(choice, exact=True).check()
    page.locator("#id_spec_phy").select_option("802.11n")
    page.locator("#id_spec_power").select_option("电池")
    page.locator("#id_spec_built_in").select_option("内置模块")
    figure = page.locator("#plan .figure")
    expect(page.locator("#plan li", has_text="已声明相关功能（支持802.11n或更高）").first).to_be_attached()
    before = int(figure.inner_text())
    page.get_by_label("休眠与唤醒").check()
    expect(figure).not_to_have_text(str(before), timeout=PATIENCE)
    assert int(figure.inner_text()) > before
    page.locator("#id_has_agreed").check()
    vendor.press("提交申请")
    number = re.search(r"/my/orders/([^/]+)/$", page.url)
    assert number
    return number[1]


def accept(lab: Person, number: str) -> None:
    """Intake finds the application in its queue, accepts it, and registers the sample."""
    page = lab.open("/lab/")
    page.get_by_role("link", name=number).click()
    form = page.locator("form[action$='/do/accept/']")
    for point in form.locator("input[type=checkbox]").all():
        point.check()
    lab.press("受理", form)
    form = page.locator("form[action$='/do/receive_sample/']")
    form.get_by_label("样品序列号").fill("SN-WEB-1")
    form.get_by_label("外观与状态").fill("完好")
    lab.press("登记样品", form)


def record(lab: Person, number: str, failing: Collection[str] = ()) -> int:
    """By keyboard: P or F in each row, values where they are asked, Ctrl+Enter; how many rows were recorded."""
    page = lab.open(f"/lab/orders/{number}/bench/")
    rows = page.eval_on_selector_all("tr[data-row]", ROWS)
    for row in rows:
        if row["judged"]:
            page.locator(f"[id='row-{row['code']}'] ~ td input[type=radio]").first.press(
                "f" if row["code"] in failing else "p")
        for name in row["values"]:
            # A signal strength in dBm is the one value of this plan that cannot be 98.
            page.locator(f"input[name='{name}']").fill("-60" if "dbm" in name else "98")
        for name in row["choices"]:
            page.locator(f"select[name='{name}']").select_option(index=1)
    page.locator("tr[data-row] input").first.press("Control+Enter")
    expect(page.locator("tr[data-open]")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("[data-status]")).to_have_text("已全部保存", timeout=PATIENCE)
    return len(rows)


def verify(verifier: Person, number: str) -> None:
    verifier.open(f"/lab/orders/{number}/verify/")
    verifier.press("校核所选")


def send_finding(lab: Person, number: str) -> None:
    """The laboratory picks a reason for each failed item and writes what was seen."""
    page = lab.open(f"/lab/orders/{number}/rework/")
    for code in FAILING:
        page.locator(f"select[name='reason.{code}']").select_option("RW-RT-03")
    page.locator("textarea[name=finding]").fill("演示：丢弃一个分组后样机不再应答。")
    lab.press("发给送测单位")


def answer(vendor: Person) -> None:
    """The vendor finds the task on the first page, explains, attaches a capture, and names the fixed firmware."""
    page = vendor.open("/my/")
    page.locator(".task-list li", has_text=MODEL).get_by_role("link").click()
    page.locator("#id_cause").fill("演示：丢弃了重复的请求。")
    page.locator("#id_changes").fill("演示：应答重复的请求。")
    page.locator("#id_firmware").fill(FIXED)
    page.locator("#id_attachments").set_input_files(
        {"name": "fixed.pcap", "mimeType": "application/octet-stream", "buffer": CAPTURE})
    vendor.press("提交答复")


def sign_scope(verifier: Person, number: str) -> None:
    page = verifier.open(f"/lab/orders/{number}/rework/")
    page.get_by_label("“保留”的共同理由").fill("演示：改动与该项无关")
    for choice in page.locator("input[type=radio][value=keep]").all():
        choice.check()
    verifier.press("签署范围")


def issue(lab: Person, verifier: Person, signatory: Person, number: str) -> None:
    """Compiled, checked, authorised by three people; a wrong password does nothing; the worker issues it."""
    path = f"/lab/orders/{number}/report/"
    lab.open(path)
    lab.press("编制报告")
    verifier.open(path)
    verifier.press("审核通过")
    page = signatory.open(path)
    page.locator("input[name=password]").first.fill("not the password")
    page.get_by_role("button", name="批准并签发").click()
    expect(page.locator(".refusal").first).to_be_visible(timeout=PATIENCE)
    page.locator("input[name=password]").first.fill(PASSWORD)
    signatory.press("批准并签发")
    expect(page.locator("main .badge", has_text="已签发").or_(page.locator("main .badge", has_text="已存档")).first
           ).to_be_visible(timeout=240_000)


def decide(decider: Person, number: str) -> str:
    """The reviewer recommends, the decision maker grants; the listing's number."""
    page = decider.open(f"/lab/orders/{number}/decision/")
    advice = page.locator("form[action$='/recommend/']")
    advice.locator("input[name=grant][value=yes]").check()
    decider.press("记录意见", advice)
    form = page.locator("form[action$='/decide/']")
    form.locator("input[name=grant][value=yes]").check()
    form.locator("input[name=password]").fill(PASSWORD)
    decider.press("作出决定", form)
    listing = page.locator("main a.code[href^='/products/']")
    return listing.inner_text()


def suspend(decider: Person, number: str) -> None:
    page = decider.open(f"/lab/orders/{number}/decision/")
    form = page.locator("form[action$='/suspend/']")
    page.locator("details", has=form).locator("summary").click()
    form.locator("textarea[name=public_reason_zh]").fill("演示：抽查")
    form.locator("input[name=password]").fill(PASSWORD)
    decider.press("暂停", form)


def decoded(image: Image.Image) -> str:
    """What the one QR code in the picture says."""
    codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert len(codes) == 1
    return str(codes[0].text)


def qr_of(pdf: bytes) -> str:
    """What the QR code on the printed report says."""
    with pypdfium2.PdfDocument(pdf) as document:
        return decoded(document[0].render(scale=2).to_pil().convert("L"))


def test_order_through_the_pages_goes_from_application_through_rework_to_listing_and_suspension(site, person):
    vendor, lab, verifier = person("vendor"), person("lab"), person("verifier")
    signatory, decider, public = person("signatory"), person("decider"), person()
    number = apply(vendor)
    accept(lab, number)
    assert record(lab, number, FAILING) > 50
    verify(verifier, number)
    send_finding(lab, number)
    answer(vendor)
    sign_scope(verifier, number)
    assert record(lab, number) == len(FAILING)
    verify(verifier, number)
    issue(lab, verifier, signatory, number)
    listing = decide(decider, number)

    page = public.open(f"/?q={MODEL}")
    page.get_by_role("link", name=re.compile("演示湿度传感器")).first.click()
    assert page.url.endswith(f"/products/{listing}/")
    expect(page.locator(".title-badges")).to_contain_text("有效")
    shown = Image.open(BytesIO(page.locator(".qr").screenshot()))
    assert decoded(shown) == f"{site.url}/products/{listing}/"
    page.get_by_role("link", name="验证此报告").click()
    expect(page.locator("h1")).to_contain_text("有效")

    own = vendor.open(f"/my/orders/{number}/").locator("a[href^='/my/reports/']").get_attribute("href")
    pdf = vendor.context.request.get(f"{site.url}{own}").body()
    assert pdf.startswith(b"%PDF-")
    address = qr_of(pdf)
    assert address.startswith(f"{site.url}/v/")
    expect(public.open(address).locator("h1")).to_contain_text("有效")
    code = address.rstrip("/").rpartition("/")[2]
    api = Api(site.url)
    assert api.get(f"verify/{code}/?sha256={hashlib.sha256(pdf).hexdigest()}")["state"] == "valid"
    assert public.context.request.get(f"{address}report.pdf").body() == pdf

    suspend(decider, number)
    expect(public.open(f"/products/{listing}/").locator(".title-badges")).to_contain_text("暂停")
    expect(public.open(address).locator("h1")).to_contain_text("暂停")
    assert api.get(f"products/{listing}/")["status"] == "suspended"
    assert api.get(f"verify/{code}/")["state"] == "suspended"
