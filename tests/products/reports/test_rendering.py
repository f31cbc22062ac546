"""The pure part: a snapshot in, the bytes of a PDF out."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import time

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from PIL import Image

from products.reports.errors import GlyphMissing, PhotographUnreadable, RenderingFailed
from products.reports.rendering import photograph_for_print, printable, render, require_glyphs
from tests.factories.reports import photograph, result, results_of_suite, snapshot, text_of


def drawn(data=None, *, draft=False):
    return render(data or snapshot(), draft=draft, photographs={"photo-1": photograph()})


@pytest.fixture(scope="module")
def pages():
    return text_of(drawn())


# One row per element of the report (ISO/IEC 17025, 7.8.2): its letter and what the printed text must hold.
ELEMENTS = [
    ("a", "测试报告"), ("b", "WAPI产业联盟测试实验室"), ("b", "演示市演示区演示路1号"), ("c", "测试地点"),
    ("d", "WAPI-T-2026-0001"), ("d", "以下空白"), ("e", "演示传感科技有限公司"), ("e", "演示制造有限公司"),
    ("e", "演示市第三工厂"),
    ("f", "2024年3月版"), ("f", "IOP-01、IOP-03"), ("f", "GB/T 32420"), ("g", "DEMO-SEN-100"), ("g", "SN-演示-0001"),
    ("g", "YP-2026-0007"), ("g", "外观完好"), ("g", "正面 front"), ("g", "2.0.1"), ("h", "2026-03-03"),
    ("i", "2026-03-05 至 to 2026-03-15"), ("j", "2026-03-20"), ("k", "送样"), ("l", "结果仅与被测样品"),
    ("m", "412.50 Mbit/s"), ("m", "限值 limit ≥ 95 %"), ("m", "第1次 × 未通过"), ("m", "ZG-2026-0003"),
    ("n", "样机无该接口"), ("n", "无。None."), ("o", "演示测试员"), ("o", "演示校核员"), ("o", "演示签字人"),
    ("p", "外部提供者"), ("q", "由客户提供的信息"), ("r", "不得复制本报告（全文复制除外）"), ("s", "测试条件"),
    ("s", "意见和解释"), ("t", "符合 Conforms"), ("t", "判定规则"), ("v", "盖章处"), ("w", "7K2M-Q9XW-B4TF7"),
    ("w", "http://127.0.0.1:8000/v/7K2MQ9XWB4TF7/"), ("w", "内容摘要 SHA-256"),
]


@pytest.mark.parametrize(("letter", "text"), ELEMENTS)
def test_render_prints_each_element(pages, letter, text):
    assert text in "\n".join(pages), letter


def test_render_puts_number_and_page_of_pages_on_every_page(pages):
    for place, page in enumerate(pages, start=1):
        assert "报告编号 No. WAPI-T-2026-0001" in page
        assert f"第 {place} 页 共 {len(pages)} 页" in page
        assert f"Page {place} of {len(pages)}" in page


def test_render_marks_demonstrations_on_every_page(pages):
    assert all("演示 DEMONSTRATION" in page for page in pages)


def test_render_watermarks_every_page_of_a_draft():
    assert all("草稿 DRAFT" in page for page in text_of(drawn(draft=True)))


def test_render_leaves_an_issued_report_without_watermark(pages):
    assert not any("草稿" in page for page in pages)


def test_render_says_that_a_draft_has_no_number():
    data = snapshot()
    data["report"]["number"] = data["report"]["issued_on"] = None
    data["people"]["authorised"] = None
    pages = text_of(drawn(data, draft=True))
    assert all("草稿未编号" in page for page in pages)
    assert "待签" in pages[0]


def test_render_of_an_amendment_names_what_it_replaces_and_why():
    data = snapshot()
    data["report"] |= {"replaces": {"number": "WAPI-T-2025-0009", "issued_on": "2025-12-01"},
                       "amendment_reason": "更正样品序列号"}
    first = text_of(drawn(data))[0]
    assert "本报告替代报告 WAPI-T-2025-0009" in first
    assert "更正样品序列号" in first


def test_render_of_a_failure_says_that_it_does_not_conform():
    data = snapshot(conclusion={"code": "does_not_conform", "zh": "不符合", "en": "Does not conform",
                                "count_failed_optional": 1})
    data["results"].append(result("FUN-30", "FUN", verdict="FAIL"))
    pages = text_of(drawn(data))
    assert "× 不符合 Does not conform" in pages[0]
    assert "× 未通过" in "\n".join(pages)


def test_render_prints_marks_of_accreditation_only_where_the_snapshot_holds_them(pages):
    mark = {"text": "CNAS L0000", "valid_from": "2026-01-01", "valid_until": "2030-12-31"}
    assert "CNAS" not in "\n".join(pages)
    assert "CNAS L0000" in text_of(drawn(snapshot(marks=[mark])))[0]


def test_render_marks_proposed_items_and_leaves_published_ones(pages):
    text = "\n".join(pages)
    assert len(re.findall("[0-9T]○", text)) == sum(row["origin"] == "proposed" for row in snapshot()["results"])


def test_render_gives_the_same_bytes_twice():
    assert drawn() == drawn()


def test_render_gives_the_same_bytes_in_a_process_that_has_set_nothing_before(tmp_path):
    other = snapshot()
    other["report"]["number"] = "WAPI-T-2026-0002"
    drawn(other)
    surroundings = os.environ | {"DJANGO_SETTINGS_MODULE": "wapicert.settings", "DATA_DIR": str(tmp_path)}
    fresh = subprocess.run([sys.executable, "-c", FRESH], cwd=settings.BASE_DIR, env=surroundings, timeout=60,
                           check=True, capture_output=True).stdout
    assert fresh == drawn()


def test_render_gives_other_bytes_for_another_snapshot():
    data = snapshot()
    data["device"]["model"] = "DEMO-SEN-101"
    assert drawn(data) != drawn()


def test_render_ends_with_a_line_end():
    assert drawn().endswith(b"%%EOF\n")


def test_render_is_archival_tagged_and_has_its_fonts_inside():
    content = drawn()
    with contextlib.closing(pypdfium2.PdfDocument(content)) as document:
        assert document.is_tagged()
        assert document.get_metadata_value("Title").startswith("测试报告")
    assert b"<pdfaid:part>3</pdfaid:part>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"NotoSansSC" in content


def test_render_draws_a_qr_code_that_leads_to_the_verification_page():
    with contextlib.closing(pypdfium2.PdfDocument(drawn())) as document:
        found = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    assert [code.text for code in found] == ["http://127.0.0.1:8000/v/7K2MQ9XWB4TF7/"]


def test_render_qr_code_can_be_read_in_grey():
    with contextlib.closing(pypdfium2.PdfDocument(drawn(draft=True))) as document:
        found = zxingcpp.read_barcodes(document[0].render(scale=2, grayscale=True).to_pil())
    assert len(found) == 1


def test_render_takes_text_as_text_and_never_as_markup():
    data = snapshot()
    data["device"]["model"] = '#read("/etc/passwd") *x* $y$ \\ "z" [w]'
    data["customer"]["name_zh"] = "#panic[x] = 演示"
    text = "\n".join(text_of(drawn(data)))
    assert '#read("/etc/passwd") *x* $y$ \\ "z" [w]' in text
    assert "#panic[x] = 演示" in text


def test_render_keeps_long_versions_within_their_column():
    data = snapshot()
    data["results"][0] |= {"firmware": "V3.2.1_20260101_release_candidate_17_" + "x" * 20}
    text = "\n".join(text_of(drawn(data))).replace("\n", "").replace("\r", "")
    assert "V3.2.1_20260101_release_candidate_17_" in text


@pytest.mark.parametrize("char", ["😀", "⎓", "\ue000", "\U00030000"])
def test_render_refuses_a_character_without_glyph_and_names_it(char):
    data = snapshot()
    data["device"]["model"] = f"DEMO{char}1"
    with pytest.raises(GlyphMissing) as caught:
        drawn(data)
    assert caught.value.extra == {"character": char, "code_point": f"U+{ord(char):04X}", "text": f"DEMO{char}1",
                                  "place": "device.model"}
    assert "被测设备 › 型号" in caught.value.remedy
    assert char in str(caught.value)


@pytest.mark.parametrize("char", ["镕", "𠮷", "裏", "é", "Ω", "℃", "≥", "✓"])
def test_require_glyphs_accepts_what_the_fonts_hold(char):
    require_glyphs({"text": [f"演示{char}"]})


@pytest.mark.parametrize("char", ["\u202e", "\u200b", "\ufeff", "\u2066", "\x07", "\x85", "\u00ad"])
def test_printable_drops_marks_that_make_a_text_read_otherwise(char):
    assert printable({"a": [f"AP{char}780"], "n": 3, "z": None}) == {"a": ["AP780"], "n": 3, "z": None}


def test_printable_composes_characters_and_keeps_line_ends():
    assert printable("e\u0301\tx\ny") == "é x\ny"


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_photograph_for_print_makes_a_plain_rgb_jpeg(mode):
    with Image.open(io.BytesIO(photograph_for_print(photograph(mode, (3000, 1000)), "x.jpg"))) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1400, 467))


def test_photograph_for_print_drops_place_and_turns_the_picture_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"  # a place
    content = photograph(size=(800, 400), exif=exif)
    assert b"SecretCamera" in content
    printed = photograph_for_print(content, "x.jpg")
    assert b"SecretCamera" not in printed
    with Image.open(io.BytesIO(printed)) as image:
        assert image.size == (400, 800)
        assert not image.getexif()


@pytest.mark.parametrize("content", [b"", b"no picture", photograph()[:200]])
def test_photograph_for_print_refuses_what_is_no_picture(content):
    with pytest.raises(PhotographUnreadable) as caught:
        photograph_for_print(content, "x.jpg")
    assert caught.value.extra == {"name": "x.jpg"}


def test_render_refuses_a_photograph_that_is_missing():
    with pytest.raises(PhotographUnreadable):
        render(snapshot(), draft=True, photographs={})


FRESH = """
import sys
import django
django.setup()
from products.reports.rendering import render
from tests.factories.reports import photograph, snapshot
sys.stdout.buffer.write(render(snapshot(), draft=False, photographs={"photo-1": photograph()}))
"""
FORKING = """
import os, sys
import django
django.setup()
from django.utils import timezone
from products.certification.rendering import render_certificate
from products.reports.errors import RenderingFailed
from products.reports.rendering import render
from tests.factories.reports import photograph, snapshot
pictures = {"photo-1": photograph()}
render(snapshot(), draft=True, photographs=pictures)
documents = [lambda: render(snapshot(), draft=True, photographs=pictures),
             lambda: render_certificate({}, timezone.now())]
child = os.fork()
if child == 0:
    refused = 0
    for document in documents:
        try:
            document()
        except RenderingFailed as error:
            refused += "forked" in error.extra["reason"]
    os._exit(7 if refused == len(documents) else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_no_document_begins_in_a_process_forked_from_one_that_has_typeset(tmp_path):
    surroundings = os.environ | {"DJANGO_SETTINGS_MODULE": "wapicert.settings", "DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", FORKING], cwd=settings.BASE_DIR, env=surroundings, timeout=240,
                          check=False)
    assert done.returncode == 7


def test_render_tells_what_the_typesetter_refused():
    data = snapshot()
    del data["decision_rule"]
    with pytest.raises(RenderingFailed) as caught:
        drawn(data)
    assert "decision_rule" in caught.value.extra["reason"]


def test_render_of_125_items_stays_within_two_seconds():
    data = snapshot(results=results_of_suite())
    data["categories"].insert(1, data["categories"][0] | {"code": "INT", "name_zh": "完整性"})
    begin = time.process_time()
    pages = text_of(drawn(data))
    assert time.process_time() - begin < 2
    assert len(pages) > 10
    assert all(row["code"] in "\n".join(pages) for row in data["results"])
    assert sum("测试项与要求" in page for page in pages) > 8  # the head of the table repeats
