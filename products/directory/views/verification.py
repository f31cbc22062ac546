"""Is this report genuine, does it or its listing count? By code, number, QR, or the digest of the file in hand."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from products.directory.forms import FileForm
from products.directory.selectors import LONGEST_CODE, verified
from products.directory.views.lines import in_english
from products.reports.models import Report
from products.reports.selectors import Verification
from products.reports.signing import Signature, check_file, public_keys
from products.reports.states import Conclusion, ReportState
from wapicert.downloads import file_response
from wapicert.errors import DomainError
from wapicert.forms import show_refusal


class Answer(NamedTuple):
    """How an answer looks: tone, icon, headline, and what it means."""

    tone: str
    icon: str
    title: Any
    meaning: Any


class State(TextChoices):
    """What verification may answer."""

    VALID = "valid", pgettext_lazy("报告验证的结果", "报告有效")
    REPLACED = "replaced", _("报告已被替代")
    WITHDRAWN = "withdrawn", _("报告已撤回")
    SUSPENDED = "suspended", _("名录资格已暂停")
    LISTING_WITHDRAWN = "listing_withdrawn", _("名录资格已撤销")
    CANCELLED = "cancelled", _("名录资格已注销")
    EXPIRED = "expired", _("名录资格已到期")
    SUPERSEDED = "superseded", _("名录资格已被代替")
    NOT_ISSUED = "not_issued", _("报告尚未签发")
    ALTERED = "altered", _("文件与签发的报告不一致")
    INCONSISTENT = "inconsistent", _("记录异常")
    UNKNOWN = "unknown", _("没有找到这份报告")
    PUBLISHED_BEFORE = "published_before", _("早期公布的名录条目")
    NOT_PUBLIC = "not_public", _("该编号不公开")


LOOKS = {
    State.VALID: ("pass", "circle-check", _("本报告由本站签发，目前有效。")),
    State.REPLACED: ("warn", "files", _("本报告确由本站签发，但已由新的报告替代，请以新报告为准。")),
    State.WITHDRAWN: ("fail", "ban", _("本报告已由实验室撤回，不再有效。")),
    State.SUSPENDED: ("warn", "circle-pause", _("报告为真，报告本身未被撤回；该产品的名录资格目前已暂停。")),
    State.LISTING_WITHDRAWN: ("warn", "ban", _("报告为真，报告本身未被撤回；但该产品已被撤销名录资格。")),
    State.CANCELLED: ("idle", "circle-stop", _("报告为真，报告本身未被撤回；该产品的名录资格已注销。")),
    State.EXPIRED: ("idle", "clock", _("报告为真，报告本身未被撤回；该产品的名录资格已到期。")),
    State.SUPERSEDED: ("idle", "files", _("报告为真，报告本身未被撤回；该产品已有新的名录条目。")),
    State.NOT_ISSUED: ("warn", "file-pen", _("该编号或验证码属于尚未签发的报告，任何副本都不是有效报告。")),
    State.ALTERED: ("fail", "octagon-x", _("您手中的文件不是签发的文件，内容可能被改动。")),
    State.INCONSISTENT: (
        "fail", "octagon-x", _("本站的登记与其历史记录不符，可能被人改动。核实之前请勿采信，并请告知联盟。")),
    State.UNKNOWN: ("fail", "circle-question-mark", _("本站没有签发过与之相符的报告。")),
    State.PUBLISHED_BEFORE: ("idle", "files", _("该条目在本系统建立之前公布，来源未载明目前的状态。")),
    State.NOT_PUBLIC: ("idle", "circle-slash", _("请输入报告编号、验证码或名录编号。")),
}
# Of a listing, whose number stands on the certificate too: headline, tone, icon, meaning.
LISTED = {
    "valid": Answer("pass", "circle-check", _("名录资格有效"), _("该编号属于名录条目及其证明；产品目前列入名录。")),
    "suspended": Answer("warn", "circle-pause", _("名录资格已暂停"),
                        _("该编号属于名录条目及其证明；名录资格目前暂停。")),
    "withdrawn": Answer("fail", "ban", _("名录资格已撤销"),
                        _("该编号属于名录条目及其证明；名录资格已撤销，证明不再有效。")),
    "cancelled": Answer("idle", "circle-stop", _("名录资格已注销"),
                        _("该编号属于名录条目及其证明；名录资格已注销，证明不再有效。")),
    "expired": Answer("idle", "clock", _("名录资格已到期"),
                      _("该编号属于名录条目及其证明；名录资格已到期，证明不再有效。")),
    "superseded": Answer("idle", "files", _("名录资格已被代替"),
                         _("该编号属于名录条目及其证明；产品已有新的名录条目。")),
    "published_before": Answer(LOOKS[State.PUBLISHED_BEFORE][0], LOOKS[State.PUBLISHED_BEFORE][1],
                               State.PUBLISHED_BEFORE.label, LOOKS[State.PUBLISHED_BEFORE][2]),
    "inconsistent": Answer(LOOKS[State.INCONSISTENT][0], LOOKS[State.INCONSISTENT][1], State.INCONSISTENT.label,
                           LOOKS[State.INCONSISTENT][2]),
    "unknown": Answer("fail", "circle-question-mark", _("没有找到这个名录编号"),
                      _("名录中没有这个编号的条目，也没有这个编号的证明。请对照原件重新输入。")),
}
# Numbers on papers between the laboratory and a member.
PRIVATE = {
    "order": _("这是委托编号，只供送测单位与实验室使用。要核对报告或产品，请输入报告编号、验证码或名录编号。"),
    "sample": _("这是样品编号，只供送测单位与实验室使用。要核对报告或产品，请输入报告编号、验证码或名录编号。"),
    "rework": _("这是整改编号，只供送测单位与实验室使用。要核对报告或产品，请输入报告编号、验证码或名录编号。"),
    "loan": _("这是仪器设备借用编号，只供借用单位与实验室使用。要核对报告或产品，请输入报告编号、验证码或名录编号。"),
}

# What the signature of a file in hand is worth, in words: tone, icon, text.
SIGNATURES = {
    "none": ("idle", "circle-slash", _("文件没有电子签名。")),
    "valid": ("pass", "circle-check", _("电子签名完好，由本站签署，覆盖整个文件；但本站没有登记过这个文件。")),
    "foreign": ("warn", "circle-question-mark", _("电子签名完好，但签署者不是本站。")),
    "broken": ("fail", "octagon-x", _("电子签名与文件不符：签名之后内容被改动。")),
    "extended": ("fail", "octagon-x", _("签名之后文件末尾又添加了内容，签名不再覆盖整个文件。")),
    "unreadable": ("warn", "circle-question-mark", _("文件已损坏，无法读出电子签名。")),
}


def answer_for(found: Verification) -> Answer:
    """The words and the look of an answer."""
    if found.kind == "listing":
        return LISTED[found.state]
    state = State(found.state)
    tone, icon, meaning = LOOKS[state]
    return Answer(tone, icon, state.label, PRIVATE.get(found.kind, meaning))


@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """The box for a code or number; what was typed leads to its own address."""
    code = request.GET.get("code", "").strip().replace("/", "")[:LONGEST_CODE]
    if code:
        return redirect("verification", code=code)
    return _box(request)


@require_safe
@never_cache
def verification(request: HttpRequest, code: str) -> HttpResponse:
    """What the report behind a code, a number or a digest is, and whether it counts at this moment."""
    found = verified(code, sha256=request.GET.get("sha256"), codes=request.GET.getlist("code"))
    return _answer(request, found, code)


@require_POST
@never_cache
def verify_file(request: HttpRequest) -> HttpResponse:
    """The answer for an uploaded PDF: digest first, then signature; the file is not kept."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _box(request, form, 422)
    try:
        found, signature = verified_file(form.cleaned_data["file"].read(settings.VERIFY_UPLOAD_BYTES + 1))
    except DomainError as error:
        show_refusal(form, error)
        return _box(request, form, error.status)
    return _answer(request, found, "", signature)


def verified_file(content: bytes) -> tuple[Verification, Signature | None]:
    """The answer for a file: by its digest if this site knows it, else by the codes in it and its signature.

    Whoever sends the bytes of a report holds it, with the code that is printed on it: the page shows the code again.
    """
    known = verified(hashlib.sha256(content).hexdigest(), is_in_hand=True)
    return (known, None) if known.state != "unknown" else check_file(content)


@require_safe
def published_keys(request: HttpRequest) -> HttpResponse:
    """The public keys of signed answers, as a JWK set."""
    return JsonResponse(public_keys(), headers={"Cache-Control": "public, max-age=3600"})


def _box(request: HttpRequest, form: FileForm | None = None, status: int = 200) -> HttpResponse:
    context = {"longest": LONGEST_CODE, "file_form": form or FileForm()}
    return render(request, "products/directory/verify.html", context, status=status)


def _answer(
    request: HttpRequest, found: Verification, code: str, signature: Signature | None = None
) -> HttpResponse:
    """The page of an answer."""
    language = "en" if in_english() else "zh"
    facts = {name: found.facts.get(f"{name}_{language}") or found.facts.get(f"{name}_zh")
             for name in ("device", "type", "company", "edition", "laboratory")}
    context = {
        "code": code[:LONGEST_CODE], "found": found, "answer": answer_for(found), "facts": facts,
        "longest": LONGEST_CODE, "file_form": FileForm(),
        "signature": SIGNATURES[signature.state] if signature else None, "signed": signature,
        "reason": (found.reason_en if in_english() else None) or found.reason_zh,
        "conclusion": Conclusion(found.conclusion).label if found.conclusion else None,
        "report_state": ReportState(found.report_state).label if found.report_state else None,
        "is_digest": len(code) == 64 or signature is not None,
    }
    return render(request, "products/directory/verification.html", context)


@require_safe
def verified_pdf(request: HttpRequest, code: str) -> HttpResponseBase:
    """The issued file for whoever holds the report's code; numbers, which can be guessed, and digests, which are
    published, open nothing."""
    found = verified(code)
    if found.code is None or found.report_id is None:
        raise Http404
    report = Report.objects.select_related("file").get(pk=found.report_id)
    if report.file is None:
        raise Http404
    file = report.file
    return file_response(file.content, name=file.name, media_type=file.media_type, sha256=file.sha256, sm3=file.sm3,
                         as_attachment=False)
