"""The site's addresses and those of a page with every component and of every refusal, for tests and for looking at."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils import timezone
from django.views.csrf import csrf_failure
from django.views.defaults import server_error

from products.orders.states import Stage
from wapicert import limits
from wapicert.errors import Conflict, InvalidInput, Unavailable
from wapicert.forms import show_refusal
from wapicert.urls import urlpatterns as site

TEMPLATE = Path(__file__).with_name("design.html")
BENCH = [
    ("IOP-AP-01", "与联盟测试基准终端的互通性", "PASS", ""), ("INT-03", "证书鉴别过程完整性", "PASS", ""),
    ("INT-07", "单播密钥协商过程完整性", "FAIL", ""), ("FUN-RT-01", "鉴别激活分组重传", "FAIL", "次"),
    ("FUN-RT-02", "接入鉴别请求分组重传", "PASS", "次"), ("FUN-KU-01", "单播密钥更新", "INC", ""),
    ("FUN-MC-02", "组播密钥通告", "", ""), ("PER-01", "吞吐量（SM4 加密）", "REC", "Mbit/s"),
    ("PER-02", "并发接入用户数", "", "个"), ("PER-03", "鉴别性能", "", "次/秒"),
]


class DesignForm(forms.Form):
    """A field of every kind."""

    model = forms.CharField(label="产品型号", help_text="与铭牌一致，例如 YS-AP1200。")
    uscc = forms.CharField(label="统一社会信用代码", help_text="18 位。")
    power = forms.IntegerField(label="发射功率",
                               widget=forms.TextInput(attrs={"data-unit": "dBm", "inputmode": "numeric"}))
    band = forms.MultipleChoiceField(label="频段", choices=[(band, band) for band in ("2.4GHz", "5GHz", "6GHz")],
                                     widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label="架构", choices=[("fat", "胖AP"), ("thin", "瘦AP")], widget=forms.RadioSelect)
    generation = forms.ChoiceField(label="802.11 代际", choices=[("ax", "802.11ax"), ("be", "802.11be")])
    received = forms.DateField(label="送样日期", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    manual = forms.FileField(label="产品说明书", required=False, help_text="PDF，不超过 50 MB。")
    remark = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agrees = forms.BooleanField(label="同意在测试通过后列入公开产品名录")


def _order(stage: Stage, turn: str, days: int, held: str = "") -> SimpleNamespace:
    now = timezone.now()
    return SimpleNamespace(
        number="W2026-0042", stage=stage.value, held_stage=held, get_stage_display=lambda: stage.label, turn=turn,
        turn_since=now - timedelta(days=days), created_at=now - timedelta(days=30),
        submitted_at=now - timedelta(days=28), accepted_at=now - timedelta(days=26), completed_at=None, closed_at=None)


def _form() -> DesignForm:
    form = DesignForm({"model": "YS-AP1200", "uscc": "91110108MA01ABCD3X", "power": "强", "band": ["5GHz"],
                       "kind": "thin", "generation": "ax"})
    show_refusal(form, InvalidInput("校验位不正确。", field="uscc", remedy="请对照营业执照逐位核对，末位应为 L。"))
    show_refusal(form, InvalidInput("没有可测试的项目。", remedy="请至少声明一项功能。"))
    return form


def design(request: HttpRequest) -> HttpResponse:
    """Every component once, with content as it will be."""
    messages.success(request, "申请已保存，编号 W2026-0042。")
    context: dict[str, Any] = {
        "form": _form(), "bench": BENCH, "ago": timezone.now() - timedelta(days=3),
        "orders": [_order(Stage.TESTING, "laboratory", 11), _order(Stage.RETURNED, "vendor", 1),
                   _order(Stage.ON_HOLD, "intake", 40, "testing"), _order(Stage.CANCELLED, "nobody", 0),
                   _order(Stage.CLOSED, "nobody", 5)],
        "states": {"order": ["draft", "testing", "on_hold", "declined", "decided"],
                   "report": ["draft", "checked", "authorised", "issued", "replaced", "withdrawn"],
                   "listing": ["valid", "suspended", "withdrawn", "expired", ""],
                   "rework": ["open", "with_vendor", "fix_claimed", "retest", "closed_pass", "closed_fail"],
                   "attempt": ["submitted", "returned", "verified", "superseded"]},
        "verdicts": ["PASS", "FAIL", "REC", "INC", "NA", "NT", "BLK", "WAIVER", "todo", "recorded", "reconfirm"],
        "company": {"name_zh": "演示甲通信科技有限公司", "name_en": "Demo A Telecom Co., Ltd."},
    }
    page = engines["django"].from_string(TEMPLATE.read_text(encoding="utf-8"))
    return HttpResponse(page.render(context, request))


def refuse(request: HttpRequest) -> HttpResponse:
    """A refusal that no view of its own shows."""
    raise Conflict("现在不行。", remedy="请稍后再试。")


def deny(request: HttpRequest) -> HttpResponse:
    """What somebody without the right gets."""
    raise PermissionDenied


def fail(request: HttpRequest) -> HttpResponse:
    """A mistake of ours."""
    return server_error(request)


def be_away(request: HttpRequest) -> HttpResponse:
    """A part of the site, such as its database, that does not answer."""
    raise Unavailable


def expire(request: HttpRequest) -> HttpResponse:
    """What a form gets whose mark against forgery is gone."""
    return csrf_failure(request)


urlpatterns = [*site, path("design/", design), path("refused/", refuse), path("too-many/", limits.refuse),
               path("denied/", deny), path("broken/", fail), path("expired/", expire), path("away/", be_away)]
