"""Bringing results from a spreadsheet: a pasted block is previewed, then saved whole; others only look on."""

import io

import pytest
import xlsxwriter
from django.urls import reverse
from django.utils import timezone

from products.results.models import Attempt, ImportJob
from tests.factories import equipment
from tests.factories.files import upload
from tests.products.reading import lost

pytestmark = pytest.mark.django_db


def bring(client, order, pasted="", **more):
    typed = {"version": order.versions.get().pk, "tool": equipment.NUMBER, "pasted": pasted,
             "performed_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S"), **more}
    return client.post(reverse("lab-bench-import", args=[order.number]), typed)


def test_pasted_block_is_previewed_and_saved_whole(client, world):
    client.force_login(world.cast.tester)
    answer = bring(client, world.order, "编号\t判定\t备注\nFUN-02\t通过\t\nFUN-04\t未通过\t演示：断开")
    job = ImportJob.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("lab-import", args=[job.pk]))
    page = client.get(answer.url).content.decode()
    shown = [word for word in ("FUN-02", "FUN-04", "演示：断开", "保存全部 2 条") if word in page]
    assert shown == ["FUN-02", "FUN-04", "演示：断开", "保存全部 2 条"], job.faults
    client.force_login(world.cast.tester2)
    assert "保存全部" not in client.get(answer.url).content.decode()
    act = reverse("lab-import-act", args=[job.pk, "save"])
    assert client.post(act).status_code == 403
    client.force_login(world.cast.tester)
    assert client.post(act).status_code == 302
    saved = Attempt.objects.filter(plan_item__order=world.order, plan_item__code__in=["FUN-02", "FUN-04"])
    assert sorted(saved.values_list("plan_item__code", "verdict")) == [("FUN-02", "PASS"), ("FUN-04", "FAIL")]
    assert client.post(act).status_code == 409


def test_pasted_block_with_a_wrong_cell_shows_row_and_cell(client, world):
    client.force_login(world.cast.tester)
    answer = bring(client, world.order, "编号\t判定\nFUN-02\t通过\nFUN-04\t也许")
    page = client.get(answer.url).content.decode()
    assert "有错误，不能保存" in page
    assert "保存全部" not in page
    assert page.index(">3</td>") < page.index(">判定</td>") < page.index(">FUN-04</td>")


def test_check_page_counts_verdicts_and_names_what_did_not_run(client, world):
    client.force_login(world.cast.tester)
    now = timezone.now().isoformat()
    sent = f"""<testsuite timestamp="{now}"><testcase name="FUN-02 a" status="run"/><testcase name="FUN-04 b">
        <failure message="演示：断开"/></testcase><testcase name="FUN-05 c" status="notrun"/></testsuite>"""
    page = client.get(bring(client, world.order, file=upload("a.xml", sent.encode())).url).content.decode()
    figures = ["".join(page.split(f"<dt>{word}</dt><dd>")[1].split("</dd>")[0])
               for word in ("通过", "未通过", "无法判定", "未执行")]
    assert figures == ["1", "1", "0", "1"], ImportJob.objects.get().faults
    assert "FUN-05 c" in page
    assert "notrun" in page


def test_check_page_names_hidden_rows_and_sheets_before_saving(client, world):
    client.force_login(world.cast.tester)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        old, sheet = book.add_worksheet("上周"), book.add_worksheet("结果")
        for place, line in enumerate([["编号", "判定"], ["FUN-02", "通过"], ["FUN-04", "未通过"]]):
            old.write_row(place, 0, line)
            sheet.write_row(place, 0, line)
        sheet.set_row(1, None, None, {"hidden": True})
        old.hide()
        sheet.activate()
    page = client.get(bring(client, world.order, file=upload("a.xlsx", out.getvalue())).url).content.decode()
    assert [word in page for word in ("工作表“上周”", "第 2 行", "文件中未采用的内容", "保存全部 1 条")] == [True] * 4


def test_import_of_nothing_or_of_a_wrong_kind_is_refused_and_keeps_what_was_typed(client, world):
    client.force_login(world.cast.tester)
    assert bring(client, world.order).status_code == 422
    answer = bring(client, world.order, "编号", file=upload("a.exe", b"MZ"))
    assert (answer.status_code, lost(answer, {"pasted": "编号"})) == (422, {})
    client.force_login(world.cast.verifier)
    assert bring(client, world.order, "编号").status_code == 403
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_is_a_file_of_the_order(client, world, kind):
    client.force_login(world.cast.auditor)
    answer = client.get(reverse("lab-bench-export", args=[world.order.number, kind]))
    assert (answer.status_code, f'{world.order.number}.{kind}' in answer.headers["Content-Disposition"]) == (200, True)
    assert client.get(reverse("lab-bench-export", args=[world.order.number, "exe"])).status_code == 404
