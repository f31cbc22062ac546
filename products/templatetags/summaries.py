"""Summaries of files in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.files.models import FileSummary, StoredFile
from products.files.states import SummaryState
from wapicert.enumeration import enumerated

register = template.Library()
# The subtypes of WAI (GB 15629.11), as the glossary names them.
WAI = {
    "1": gettext_lazy("预鉴别开始"), "2": gettext_lazy("STAKey请求"), "3": gettext_lazy("鉴别激活分组"),
    "4": gettext_lazy("接入鉴别请求分组"), "5": gettext_lazy("接入鉴别响应分组"), "6": gettext_lazy("证书鉴别请求分组"),
    "7": gettext_lazy("证书鉴别响应分组"), "8": gettext_lazy("单播密钥协商请求分组"),
    "9": gettext_lazy("单播密钥协商响应分组"), "10": gettext_lazy("单播密钥协商确认分组"),
    "11": gettext_lazy("组播密钥通告分组"), "12": gettext_lazy("组播密钥通告响应分组"),
}


@register.filter
def summary_of(file: StoredFile) -> FileSummary | None:
    """The summary of a file, if it is one that gets one."""
    return getattr(file, "summary", None)


@register.simple_tag
def capture_in_words(summary: FileSummary) -> str:
    """What a capture holds; that it is still read, or could not be; nothing for a photograph that has its picture."""
    if summary.state != SummaryState.DONE:
        return str(SummaryState(summary.state).label)
    facts: dict[str, Any] = summary.facts
    if "frames" not in facts:
        return ""
    parts = [_("%(count)d 帧") % {"count": facts["frames"]}]
    if facts["seconds"] is not None:
        parts.append(_("历时 %(seconds)s 秒") % {"seconds": f"{facts['seconds']:g}"})
    kinds = enumerated(f"{WAI.get(key, key)} ×{number}" for key, number in facts["wai"].items())
    parts.append(_("WAI分组：%(kinds)s") % {"kinds": kinds} if kinds else _("没有WAI分组"))
    if facts["is_cut"]:
        parts.append(_("文件不完整或过长，仅统计可读部分"))
    return " · ".join(parts)
