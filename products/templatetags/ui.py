"""The components that need more than a class: badges, stepper, notices, fields. Usage stands in docs/design.md."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from products.orders.states import EXPECTED_DAYS, STEPPER, Party, Stage
from products.results.states import AttemptState
from products.templatetags.tones import MESSAGES, Look, look_of_state, look_of_verdict
from products.templatetags.writing import day, days_since, in_words, moment
from wapicert import icons

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon; with `label` it speaks to screen readers, without it is decoration. Unknown names are an error."""
    if name not in icons.ICONS:
        raise template.TemplateSyntaxError(f"The icon {name!r} is missing in wapicert.icons.ICONS.")
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
                           label, icons.address(), name)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', icons.address(), name)


def _badge(look: Look, classes: str = "") -> SafeString:
    return _badge_of(look.tone, look.icon, str(look.label), classes)


@lru_cache(maxsize=1024)
def _badge_of(tone: str, sign: str, label: str, classes: str) -> SafeString:
    """Kept by its words, since a page of results shows the same few badges hundreds of times."""
    return format_html('<span class="badge tone-{}{}">{}{}</span>',
                       tone, f" {classes}" if classes else "", icon(sign), label)


@register.simple_tag
def verdict(value: str | None, outdated: bool = False) -> SafeString:
    """A verdict (PASS … INC), an exclusion (NA, NT, BLK, WAIVER) or a slot's state; `outdated` strikes it through."""
    return _badge(look_of_verdict(value), "outdated" if outdated else "")


@register.simple_tag
def slot_badge(slot: Any) -> SafeString:
    """What a slot shows: its verdict when verified, else where it stands; greyed when it must be repeated."""
    if slot is None:
        return _badge(look_of_verdict(None))
    if slot.state in ("verified", "excluded") and slot.verdict:
        return _badge(look_of_verdict(slot.verdict))
    if slot.state == "reconfirm" and slot.verdict:
        old = look_of_verdict(slot.verdict)
        return format_html("{} {}", _badge(look_of_verdict(slot.state)), _badge(old, "outdated"))
    return _badge(look_of_verdict(slot.state))


@register.simple_tag
def record_line(attempt: Any, is_named: bool) -> SafeString:
    """One record under its item in the bench's grid; in one piece, since a full grid shows hundreds of them.

    `is_named` puts its number and verdict in front.
    """
    name = format_html("{}.{} {} ", attempt.ordinal, attempt.revision, verdict(attempt.verdict)) if is_named else ""
    values = "".join(f" · {in_words(one['value'])} {in_words(one['unit'])}" for one in attempt.values.values())
    state = attempt.state
    return format_html(
        '<div class="attempt">{}{} {} · <span class="code">{}</span>{}{}</div>', name, attempt.recorded_by.name,
        moment(attempt.recorded_at), attempt.version.firmware.version, values,
        "" if state == AttemptState.VERIFIED else f" · {state.label}",
    )


@register.simple_tag
def state_badge(kind: str, value: str | None) -> SafeString:
    """The state of an order, report, listing, rework …: `kind` is a key of tones.STATES."""
    return _badge(look_of_state(kind, value))


@register.simple_tag
def origin_badge(origin: str) -> SafeString:
    """Whether a text was published by the alliance (已公布) or is this project's proposal (建议稿)."""
    if origin == "published":
        return _badge(Look("info", "book-open", _("已公布")), "quiet")
    return _badge(Look("warn", "pencil", _("建议稿")), "quiet")


@register.simple_tag
def demonstration_badge() -> SafeString:
    """Marks what is invented for demonstration."""
    return _badge(Look("waiver", "flask-conical", _("演示")), "demonstration")


def _position(order: Any) -> int:
    """The index on the stepper of the stage that an order is at, or was held, returned or declined at."""
    stage = order.held_stage or order.stage
    if stage in (Stage.RETURNED, Stage.DECLINED):
        return STEPPER.index(Stage.SUBMITTED)
    return STEPPER.index(Stage(stage)) if stage in STEPPER else -1


def _steps(order: Any) -> list[dict[str, Any]]:
    here = _position(order)
    dates = {Stage.DRAFT: order.created_at, Stage.SUBMITTED: order.submitted_at, Stage.ACCEPTED: order.accepted_at,
             Stage.COMPLETE: order.completed_at, Stage.CLOSED: order.closed_at}
    return [{"label": order.get_stage_display() if number == here else stage.label,
             "status": "done" if number < here else "current" if number == here else "",
             "date": day(dates[stage]) if number <= here and dates.get(stage) else ""}
            for number, stage in enumerate(STEPPER)]


@register.inclusion_tag("components/stepper.html")
def order_stepper(order: Any, compact: bool = False) -> dict[str, Any]:
    """An order's stages with whose turn it is, since when, for how many days, and how many the stage may take.

    `compact` is one line for tables.
    """
    look = look_of_state("order", order.stage)
    here = _position(order)
    return {"steps": _steps(order), "compact": compact, "tone": look.tone, "label": look.label,
            "position": here + 1, "total": len(STEPPER), "is_cancelled": here < 0,
            "turn": Party(order.turn).label if order.turn != Party.NOBODY else "", "since": order.turn_since,
            "days": days_since(order.turn_since), "expected_days": EXPECTED_DAYS.get(Stage(order.stage)),
            "is_held": order.stage == Stage.ON_HOLD}


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """A notice in a box; tone is success, info, warning or error."""
    name, sign = MESSAGES[tone]
    head = format_html("<strong>{}</strong> ", title) if title else ""
    role = "alert" if tone == "error" else "note"
    return format_html('<div class="notice tone-{}" role="{}">{}<div>{}{}</div></div>',
                       name, role, icon(sign), head, content)


@register.simple_block_tag
def panel(content: str, title: str, level: int = 2, aside: str = "", key: str = "") -> SafeString:
    """A framed section with a heading of the level; `aside` stands at the end of the head, `key` is its anchor."""
    anchor = format_html(' id="{}"', key) if key else ""
    end = format_html('<span class="soft small">{}</span>', aside) if aside else ""
    return format_html('<section class="panel"{}><header><h{}>{}</h{}>{}</header><div class="body">{}</div></section>',
                       anchor, level, title, level, end, content)


@register.simple_block_tag
def empty(content: str, title: str, sign: str = "inbox") -> SafeString:
    """What stands where a list has no rows: what it would hold, and what to do."""
    return format_html('<div class="empty">{}<h3>{}</h3>{}</div>', icon(sign), title, content)


@register.simple_tag
def message_look(tags: str) -> Look:
    """The tone and icon of a message of the messages framework."""
    return Look(*MESSAGES.get(tags.rsplit(maxsplit=1)[-1] if tags else "info", MESSAGES["info"]), "")


@register.filter
def unit_of(field: BoundField) -> str:
    """The unit that a field's widget carries in `attrs["data-unit"]`."""
    return str(field.field.widget.attrs.get("data-unit", ""))


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether the label says 选填: not for fields that a draft may lack but the finished form not (`data-needed`)."""
    return not field.field.required and "data-needed" not in field.field.widget.attrs


@register.filter
def refusals(errors: Any) -> list[dict[str, str]]:
    """The errors of a field or form as message and remedy (see wapicert.forms.show_refusal)."""
    return [{"message": str(message), "remedy": str(getattr(error, "remedy", ""))}
            for error in errors.as_data() for message in error]


@register.simple_tag(takes_context=True)
def is_here(context: template.Context, prefix: str) -> str:
    """`aria-current` for a link of the navigation whose part of the site this page belongs to."""
    request = context.get("request")
    path = request.path if request else ""
    here = path == prefix or (prefix != "/" and path.startswith(prefix))
    here = here or (prefix == "/" and path.startswith("/products/"))
    return SafeString(' aria-current="page"') if here else ""


@register.simple_tag
def now_year() -> int:
    """The year on the alliance's calendar."""
    return timezone.localtime().year
