"""The shape of reworks in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.requests.serializers import Shape, Text, TextOrNull
from products.files.serializers import StoredFileOut
from products.orders.models import Rebase
from products.orders.serializers import EditionBySlug
from products.orders.states import PlanChangeKind, RebaseState
from products.rework.models import Answer, Finding, Message, Rework, ReworkItem, Scope, ScopeLine
from products.rework.selectors import is_overdue
from products.rework.states import FindingKind, ReworkState
from products.suites.models import Edition


class FindingIn(Shape):
    """What was found: the text, whether it states facts or explains a requirement, and a reason per failed item."""

    finding = Text(max_length=20000)
    finding_kind = Text(max_length=12)
    reasons = serializers.DictField(child=Text(max_length=20))


class DraftIn(FindingIn):
    """The same, as far as it is written."""

    finding = Text(max_length=20000, allow_blank=True)
    reasons = serializers.DictField(child=Text(max_length=20), required=False, default=dict)


class AnswerIn(Shape):
    """The vendor's answer; files are named by the id that /files/ gave them."""

    cause = Text(max_length=20000)
    changes = Text(max_length=20000)
    hardware = Text(max_length=60, required=False, allow_blank=True)
    firmware = Text(max_length=60)
    files = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)


class ScopeLineIn(Shape):
    """For one item that has a result: repeat it or keep it, and why."""

    item = Text(max_length=20)
    choice = Text(max_length=6)
    reason = Text(max_length=2000)


class ScopeIn(Shape):
    """The scope of the retest."""

    lines = ScopeLineIn(many=True)


class ReworkItemOut(serializers.ModelSerializer[ReworkItem]):
    """A failed item with the reason from the laboratory's list; vendors read the reason once the finding was sent."""

    item = serializers.CharField(source="plan_item.code")
    reason = serializers.CharField(source="reason.code", default=None, allow_null=True)
    reason_zh = serializers.CharField(source="reason.name_zh", default=None, allow_null=True)
    reason_en = serializers.CharField(source="reason.name_en", default=None, allow_null=True)
    note = TextOrNull()

    class Meta:
        model = ReworkItem
        fields = ["item", "attempt", "reason", "reason_zh", "reason_en", "note"]


class FindingOut(serializers.ModelSerializer[Finding]):
    """What was sent to the vendor in one round."""

    kind = serializers.ChoiceField(choices=FindingKind.choices)
    sent_by = serializers.CharField(source="sent_by.staff_number")

    class Meta:
        model = Finding
        fields = ["text", "kind", "sent_by", "sent_at"]


class AnswerOut(serializers.ModelSerializer[Answer]):
    """The vendor's answer in one round."""

    hardware = serializers.CharField(source="hardware.version")
    firmware = serializers.CharField(source="firmware.version")
    files = StoredFileOut(many=True)
    answered_by = serializers.CharField(source="answered_by.staff_number")

    class Meta:
        model = Answer
        fields = ["cause", "changes", "hardware", "firmware", "files", "answered_by", "answered_at"]


class ScopeLineOut(serializers.ModelSerializer[ScopeLine]):
    """What the signed scope says about one item."""

    item = serializers.CharField(source="plan_item.code")

    class Meta:
        model = ScopeLine
        fields = ["item", "choice", "reason"]


class ScopeOut(serializers.ModelSerializer[Scope]):
    """The signed scope of one round."""

    hardware = serializers.CharField(source="version.hardware.version")
    firmware = serializers.CharField(source="version.firmware.version")
    signed_by = serializers.CharField(source="signed_by.staff_number")
    lines = ScopeLineOut(many=True)

    class Meta:
        model = Scope
        fields = ["hardware", "firmware", "signed_by", "signed_at", "lines"]


class MessageIn(Shape):
    """What one side says to the other."""

    text = Text(max_length=4000)


class MessageOut(serializers.ModelSerializer[Message]):
    """What was said, by which side; staff by staff number."""

    written_by = serializers.CharField(source="written_by.staff_number")

    class Meta:
        model = Message
        fields = ["round", "is_vendors", "text", "written_by", "written_at"]


class RoundOut(serializers.Serializer[Any]):
    """One round: what failed, what was sent, what was answered, what is tested again."""

    round = serializers.IntegerField()
    items = ReworkItemOut(many=True)
    finding = FindingOut(allow_null=True)
    answer = AnswerOut(allow_null=True)
    scope = ScopeOut(allow_null=True)


class ReworkOut(serializers.ModelSerializer[Rework]):
    """A rework with its rounds. People by staff number; seconds without the state that runs now."""

    order = serializers.CharField(source="order.number")
    state = serializers.ChoiceField(choices=ReworkState.choices)
    closing_reason = TextOrNull()
    draft = serializers.SerializerMethodField()
    rounds = serializers.SerializerMethodField()
    messages = MessageOut(many=True)
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Rework
        fields = ["number", "order", "state", "state_since", "round", "opened_at", "closed_at", "closing_reason",
                  "laboratory_seconds", "vendor_seconds", "draft", "rounds", "messages", "is_overdue",
                  "row_version"]

    def get_draft(self, rework: Rework) -> str | None:
        """The finding before it is sent, for the alliance's staff."""
        is_open = rework.state == ReworkState.OPEN and self.context["user"].is_member_of_staff
        return (rework.finding or None) if is_open else None

    def get_is_overdue(self, rework: Rework) -> bool:
        """Whether the side whose turn it is has had it for longer than the settings allow."""
        return is_overdue(rework)

    @extend_schema_field(RoundOut(many=True))
    def get_rounds(self, rework: Rework) -> list[dict[str, Any]]:
        """Oldest first, from what the endpoint has read."""
        found: dict[int, dict[str, Any]] = {}
        for name, rows in (("items", rework.items), ("finding", rework.findings), ("answer", rework.answers),
                           ("scope", rework.scopes)):
            for row in rows.all():
                one = found.setdefault(row.round, {"round": row.round, "items": [], "finding": None, "answer": None,
                                                   "scope": None})
                one[name] = [*one["items"], row] if name == "items" else row
        return [self._round(found[number]) for number in sorted(found)]

    def _round(self, one: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = RoundOut(one, context=self.context).data
        if one["finding"] is None and not self.context["user"].is_member_of_staff:
            for item in shown["items"]:
                item.update(reason=None, reason_zh=None, reason_en=None, note=None)
        return shown


class RebaseIn(Shape):
    """To which edition an order should go, and why."""

    edition = EditionBySlug()
    reason = Text(max_length=2000)


class RebaseLine(serializers.Serializer[Any]):
    """What becomes of one item."""

    item = serializers.CharField()
    kind = serializers.ChoiceField(choices=PlanChangeKind.choices)


class RebaseOut(serializers.ModelSerializer[Rebase]):
    """A contract amendment to another edition, with what becomes of every item; people by staff number."""

    from_edition = serializers.SlugRelatedField[Edition](slug_field="slug", read_only=True)
    to_edition = serializers.SlugRelatedField[Edition](slug_field="slug", read_only=True)
    state = serializers.ChoiceField(choices=RebaseState.choices)
    proposed_by = serializers.CharField(source="proposed_by.staff_number")
    answered_by = serializers.CharField(source="answered_by.staff_number", default=None, allow_null=True)
    answer = TextOrNull()
    # Counted items that failed and would no longer count, and who of the laboratory allowed that, and why.
    dropped = serializers.ListField(child=serializers.CharField())
    drop_allowed_by = serializers.CharField(source="drop_allowed_by.staff_number", default=None, allow_null=True)
    drop_reason = TextOrNull()
    waits_for_quality = serializers.BooleanField()
    lines = RebaseLine(many=True)

    class Meta:
        model = Rebase
        fields = ["id", "from_edition", "to_edition", "state", "reason", "proposed_by", "proposed_at", "answered_by",
                  "answered_at", "answer", "dropped", "drop_allowed_by", "drop_reason", "waits_for_quality", "lines"]
