"""Reads pages as a person without scripts sees them: links, and forms with what they send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from lxml import html
from lxml.html import CheckboxGroup, FormElement, HtmlElement, InputElement, RadioGroup, SelectElement

from tests.factories.people import PASSWORD

HOST = "http://testserver"
# A transparent picture of one pixel, for fields that want a file.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c63000100000500010d0a2db4"
    "0000000049454e44ae426082")


@dataclass(frozen=True)
class Offer:
    """A form with one of its buttons: where it goes and what a person would send who fills in what is required."""

    page: str
    action: str
    body: dict[str, Any] = field(hash=False, compare=False)
    names: tuple[str, ...] = ()
    button: str = ""


def tree_of(answer: HttpResponse) -> HtmlElement | None:
    """The page, or None where the answer is no page."""
    if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.streaming or not answer.content:
        return None
    return html.document_fromstring(answer.content.decode())


def links_of(tree: HtmlElement, page: str) -> list[str]:
    """Addresses of this site that the page links to, without fragments, in the page's order."""
    found = []
    for link in tree.iter("a"):
        address = urljoin(HOST + page, (link.get("href") or "").strip())
        parts = urlsplit(address)
        if link.get("href") and parts.scheme == "http" and parts.netloc == "testserver":
            found.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return list(dict.fromkeys(found))


def offers_of(tree: HtmlElement, page: str) -> list[Offer]:
    """Every form that posts, once for each of its buttons."""
    found = []
    for form in tree.forms:
        if (form.method or "GET").upper() != "POST":
            continue
        action = urlsplit(urljoin(HOST + page, form.action or page))
        address = f"{action.path}?{action.query}" if action.query else action.path
        body = filled(form)
        for button in _buttons(form):
            chosen = {button.get("name"): button.get("value") or ""} if button.get("name") else {}
            found.append(Offer(page, button.get("formaction") or address, body | chosen, tuple(body), _label(button)))
    return found


def _buttons(form: FormElement) -> list[HtmlElement]:
    inside = [one for one in form.iter("button", "input") if one.get("type", "submit" if one.tag == "button" else "")
              in ("submit", "image") and one.get("disabled") is None]
    named = form.getroottree().getroot().xpath("//button[@form=$name]", name=form.get("id")) if form.get("id") else []
    return [*inside, *(one for one in named if one.get("type", "submit") == "submit")]


def _label(button: HtmlElement) -> str:
    return " ".join((button.text_content() or button.get("value") or "").split())


def filled(form: FormElement) -> dict[str, Any]:
    """What the form sends once a person has filled in what is required and chosen the first of what can be chosen."""
    body: dict[str, Any] = {}
    for name in dict.fromkeys(one.get("name") for one in form.inputs if one.get("name")):
        value = _value(form.inputs[name], name)
        if value is not None:
            body[name] = value
    return body


def _value(box: Any, name: str) -> Any:
    if isinstance(box, RadioGroup):
        return box.value or next((one.get("value") for one in box if one.get("disabled") is None), None)
    if isinstance(box, CheckboxGroup):
        return [one.get("value") for one in box if one.get("checked") is not None or one.get("required") is not None] \
            or [next(iter(box)).get("value")]
    if isinstance(box, SelectElement):
        return box.value or next((option for option in box.value_options if option), "")
    if isinstance(box, InputElement):
        return _typed(box, name)
    return getattr(box, "value", None) or "演示：走查"


def _typed(box: InputElement, name: str) -> Any:
    kind = (box.get("type") or "text").lower()
    if kind in ("submit", "button", "image", "reset"):
        return None
    if kind == "file":
        return SimpleUploadedFile("picture.png", PICTURE, "image/png") if box.get("required") is not None else None
    if kind == "checkbox":
        return (box.get("value") or "on") if box.checked or box.get("required") is not None else None
    if box.get("value") or kind == "hidden":
        return box.get("value") or ""
    typed = {"password": PASSWORD, "number": box.get("min") or "1", "date": "2026-12-24", "email": "demo@site.example",
             "url": "https://site.example/hook", "datetime-local": "2026-12-01T08:00"}
    return typed.get(kind, "演示走查"[: int(box.get("maxlength") or 100)])


def reason_in(tree: HtmlElement | None) -> str:
    """What a page says of a refusal: its alerts, or the heading and text of an error page."""
    if tree is None:
        return ""
    found = tree.xpath("//*[@role='alert' and not(@hidden)] | //*[contains(@class,'refusal')] | "
                       "//*[contains(@class,'notice') and not(@hidden)] | //*[contains(@class,'errorlist')] | "
                       "//*[contains(@class,'error')]")
    return " ".join(" ".join(one.text_content().split()) for one in found)
