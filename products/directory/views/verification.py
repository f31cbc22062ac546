"""Is this report genuine, and does it still count? By code, number, QR, or the digest of the file in hand."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from products.directory.selectors import LONGEST_CODE, verified
from products.directory.views.lines import in_english
from products.reports.models import Report
from products.reports.selectors import Verification
from products.reports.states import Conclusion
from wapicert.downloads import file_response


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
    WITHDRAWN = "withdrawn", _("已撤回或撤销")
    SUSPENDED = "suspended", _("认证已暂停")
    CANCELLED = "cancelled", _("认证已注销")
    EXPIRED = "expired", _("认证已到期")
    SUPERSEDED = "superseded", _("已被新的认证替代")
    NOT_ISSUED = "not_issued", _("报告尚未签发")
    ALTERED = "altered", _("文件与签发的报告不一致")
    UNKNOWN = "unknown", _("没有找到这份报告")


LOOKS = {
    State.VALID: ("pass", "circle-check", _("本报告由本站签发，目前有效。")),
    State.REPLACED: ("warn", "files", _("本报告确由本站签发，但已由新的报告替代，请以新报告为准。")),
    State.WITHDRAWN: ("fail", "ban", _("本报告确由本站签发，但不再有效。")),
    State.SUSPENDED: ("warn", "circle-pause", _("本报告确由本站签发；产品的认证目前暂停。")),
    State.CANCELLED: ("idle", "circle-stop", _("本报告确由本站签发；产品的认证已注销。")),
    State.EXPIRED: ("idle", "clock", _("本报告确由本站签发；产品的认证已到期。")),
    State.SUPERSEDED: ("idle", "files", _("本报告确由本站签发；产品已有新的认证。")),
    State.NOT_ISSUED: ("warn", "file-pen", _("该编号或验证码属于尚未签发的报告，任何副本都不是有效报告。")),
    State.ALTERED: ("fail", "octagon-x", _("您手中的文件不是签发的文件，内容可能被改动。")),
    State.UNKNOWN: ("fail", "circle-question-mark", _("本站没有签发过与之相符的报告。")),
}


def answer_for(found: Verification) -> Answer:
    """The words and the look of an answer."""
    state = State(found.state)
    tone, icon, meaning = LOOKS[state]
    return Answer(tone, icon, state.label, meaning)


@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """The box for a code or number; what was typed leads to its own address."""
    code = request.GET.get("code", "").strip().replace("/", "")[:LONGEST_CODE]
    if code:
        return redirect("verification", code=code)
    return render(request, "products/directory/verify.html", {"longest": LONGEST_CODE})


@require_safe
@never_cache
def verification(request: HttpRequest, code: str) -> HttpResponse:
    """What the report behind a code, a number or a digest is, and whether it counts at this moment."""
    found = verified(code)
    language = "en" if in_english() else "zh"
    facts = {name: found.facts.get(f"{name}_{language}") or found.facts.get(f"{name}_zh")
             for name in ("device", "type", "company", "edition", "laboratory")}
    context = {
        "code": code[:LONGEST_CODE], "found": found, "answer": answer_for(found), "facts": facts,
        "longest": LONGEST_CODE,
        "reason": (found.reason_en if in_english() else None) or found.reason_zh,
        "conclusion": Conclusion(found.conclusion).label if found.conclusion else None,
        "is_digest": len(code) == 64,
    }
    return render(request, "products/directory/verification.html", context)


@require_safe
def verified_pdf(request: HttpRequest, code: str) -> HttpResponseBase:
    """The issued file for whoever holds the report's code; a number, which anybody can guess, opens nothing."""
    found = verified(code)
    if found.code is None or found.report_id is None:
        raise Http404
    report = Report.objects.select_related("file").get(pk=found.report_id)
    if report.file is None:
        raise Http404
    file = report.file
    return file_response(file.content, name=file.name, media_type=file.media_type, sha256=file.sha256, sm3=file.sm3,
                         as_attachment=False)
