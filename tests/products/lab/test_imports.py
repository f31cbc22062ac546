"""Bringing results from a spreadsheet: a pasted block is previewed, then saved whole; others only look on."""

import pytest
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
