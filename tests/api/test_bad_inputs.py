"""Bad input at the API: one table of requests, each with the status, code and field it must get, and nothing saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from members.companies.errors import UsccInvalid
from members.companies.models import Company
from members.companies.services import set_uscc
from members.people.models import User
from products.equipment.models import Tool
from products.orders.models import Order
from products.results.models import Attempt
from products.suites.models import Applicability, Measurement
from products.suites.states import ResultType
from tests.api.worlds import ITEM, WORLDS, World, upload
from tests.factories import equipment, orders, people, results
from tests.factories.api import Api, row_counts
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
Make = Callable[[World, SimpleNamespace], Any]
DERIVED = "FUN-RT"


@dataclass(frozen=True)
class Bad:
    """A request that must be refused, and how: status, code and field; `row` is the field of the first row's fault."""

    name: str
    world: str
    who: str
    path: Callable[[World], str]
    body: Make
    refusal: tuple[int, str, str | None]
    row: tuple[str, str | None] | None = None
    version: Callable[[World], Any] = lambda world: world.order.row_version
    method: str = "post"
    form: str = "json"
    before: Callable[[World, SimpleNamespace], Any] = lambda world, cast: None
    settings: dict[str, Any] = field(default_factory=dict)


def order_path(verb: str = "") -> Callable[[World], str]:
    return lambda world: f"orders/{world.order.number}/{verb}"


def planned_with(world: World, kind: str) -> str:
    """The first planned item of this kind of result."""
    return world.order.plan.filter(inclusion="in", item_version__result_type=kind).first().code


def rows(world: World, code: str = "IOP-01", **changes: Any) -> list[dict[str, Any]]:
    """One row without fault, but for the changes; None takes a name out."""
    row = results.row(results.planned(world.order, [code])[0]) if code != DERIVED else {
        "item": DERIVED, "verdict": "PASS", "hardware": "V1.0", "firmware": "1.0.0", "tool": equipment.NUMBER,
        "performed_at": timezone.now()}
    row = {**row, "performed_at": row["performed_at"].isoformat(), **changes}
    return [row]


def measured(world: World, **changes: Any) -> list[dict[str, Any]]:
    """A row whose first measurement, a number with a unit, is entered otherwise; None takes a part out."""
    plan = world.order.plan.filter(inclusion="in").values_list("item_version_id", flat=True)
    measurement = Measurement.objects.filter(item_version_id__in=plan, type="number").exclude(unit="").select_related(
        "item_version").order_by("item_version__position", "position").first()
    row = rows(world, measurement.item_version.code)[0]
    entered = {**row["values"][measurement.key], **changes}
    row["values"][measurement.key] = {key: value for key, value in entered.items() if value is not None}
    return [row]


def batch(name: str, make: Make, code: str, where: str, *, status: int = 422, **options: Any) -> Bad:
    """A batch that is refused for one row."""
    return Bad(name, options.pop("world", "testing"), options.pop("who", "tester"), order_path("attempts/"), make,
               (status, "batch_refused", "rows"), (code, where), lambda world: None, **options)


def shape(name: str, make: Make, code: str, where: str | None) -> Bad:
    """A body of the wrong shape, refused before any service looks at it."""
    return Bad(name, "testing", "tester", order_path("attempts/"), make, (422, "invalid_input", where), (code, where),
               lambda world: None)


def step(name: str, attempt: tuple[str, str, str], body: Any, refusal: tuple[int, str, str | None],
         **options: Any) -> Bad:
    """A verb of an order: the world, who tries, and the verb."""
    world, who, verb = attempt
    return Bad(name, world, who, order_path(f"{verb}/"), lambda w, c: body, refusal, **options)


def file(name: str, content: Make, refusal: tuple[int, str, str | None], **options: Any) -> Bad:
    """An upload."""
    return Bad(name, "testing", "tester", lambda w: "files/", lambda w, c: {"file": content(w, c)}, refusal,
               form="multipart", version=lambda w: None, **options)


def expire_tool(world: World, cast: SimpleNamespace) -> None:
    Tool.objects.update(calibrated_until=date(2020, 1, 1))


def record_first(world: World, cast: SimpleNamespace) -> None:
    results.recorded(world.order, cast, ["IOP-01"])


def set_company(**changes: Any) -> Callable[[World, SimpleNamespace], None]:
    return lambda world, cast: Company.objects.filter(pk=cast.company_a.pk).update(**changes) and None


def empty_suite(world: World, cast: SimpleNamespace) -> None:
    Applicability.objects.all().delete()


def chip(world: World, cast: SimpleNamespace) -> None:
    world.order = orders.drafted(cast, "CHIP")


SAMPLE = {"serial_number": "SN-2", "hardware": "V1.0", "firmware": "1.0.0", "condition": "完好"}
FUTURE = (timezone.now() + timedelta(days=2)).isoformat()
REASON = {"reason": "演示"}
TABLE = [
    # 统一社会信用代码, at submission.
    step("uscc with a wrong check character", ("returned", "vendor", "submit"), {"has_agreed": True},
         (422, "uscc_invalid", "uscc"), before=set_company(uscc="91110108MA01ABCD3X")),
    step("uscc too short", ("returned", "vendor", "submit"), {"has_agreed": True},
         (422, "uscc_invalid", "uscc"), before=set_company(uscc="9111010")),
    step("uscc missing", ("returned", "vendor", "submit"), {"has_agreed": True},
         (422, "uscc_missing", "uscc"), before=set_company(uscc=None)),
    # The application.
    step("agreement missing", ("returned", "vendor", "submit"), {"has_agreed": False},
         (422, "agreement_missing", "has_agreed")),
    step("type that is not tested", ("drafted", "vendor", "submit"), {"has_agreed": True},
         (422, "device_type_not_testable", "device"), before=chip),
    step("plan without items", ("returned", "vendor", "submit"), {"has_agreed": True},
         (422, "plan_empty", "features"), before=empty_suite),
    step("review incomplete", ("submitted", "intake", "accept"), {"review": {"papers": True}},
         (422, "review_incomplete", "review.scope")),
    step("unknown edition", ("submitted", "intake", "accept"), {"review": orders.REVIEWED, "edition": "2099-01"},
         (422, "invalid_input", "edition")),
    step("reason blank", ("submitted", "intake", "decline"), {"reason": " "}, (422, "invalid_input", "reason")),
    Bad("unknown feature", "drafted", "vendor", order_path(), lambda w, c: {"features": {"flies": True}},
        (422, "feature_unknown", "features.flies"), method="patch"),
    Bad("feature that is not yes or no", "drafted", "vendor", order_path(), lambda w, c: {"features": {"psk": "yes"}},
        (422, "invalid_input", "features.psk"), method="patch"),
    Bad("unknown chosen item", "drafted", "vendor", order_path(), lambda w, c: {"chosen": ["NO-SUCH"]},
        (422, "item_unknown", "chosen"), method="patch"),
    Bad("device of nobody", "drafted", "vendor", lambda w: "orders/",
        lambda w, c: {"device": 999999999999999999999, "hardware": "1", "firmware": "1", "features": {}},
        (422, "invalid_input", "device"), version=lambda w: None),
    Bad("unknown device type", "drafted", "vendor", lambda w: "devices/",
        lambda w, c: {"device_type": "TOASTER", "name_zh": "x", "model": "x", "specification": {}},
        (422, "unknown_device_type", "device_type"), version=lambda w: None),
    Bad("specification without its fields", "drafted", "vendor", lambda w: "devices/",
        lambda w, c: {"device_type": "SEN", "name_zh": "x", "model": "x", "specification": {"phy": "802.11zz"}},
        (422, "specification_invalid", "specification.bands"), version=lambda w: None),
    # Transitions out of order, and what the client saw.
    step("submit twice", ("submitted", "vendor", "submit"), {"has_agreed": True}, (409, "illegal_transition", "state")),
    step("accept before submission", ("returned", "intake", "accept"), {"review": orders.REVIEWED},
         (409, "illegal_transition", "state")),
    step("resume what runs", ("testing", "intake", "resume"), {}, (409, "illegal_transition", "state")),
    step("close what is not decided", ("testing", "intake", "close"), {}, (409, "illegal_transition", "state")),
    step("version not named", ("submitted", "intake", "decline"), REASON, (428, "precondition_required", "If-Match"),
         version=lambda w: None),
    step("version that is none", ("submitted", "intake", "decline"), REASON, (422, "if_match_malformed", "If-Match"),
         version=lambda w: "*"),
    step("version out of date", ("submitted", "intake", "decline"), REASON, (412, "stale", "row_version"),
         version=lambda w: w.order.row_version - 1),
    Bad("change without version", "drafted", "vendor", order_path(), lambda w, c: {"remark": "x"},
        (428, "precondition_required", "If-Match"), version=lambda w: None, method="patch"),
    Bad("finding with an old version", "open", "tester", lambda w: f"rework/{w.rework.number}/send/",
        lambda w, c: {"finding": "x", "finding_kind": "finding", "reasons": {}}, (412, "stale", "row_version"),
        version=lambda w: w.rework.row_version + 1),
    # Results, row by row.
    batch("unknown item", lambda w, c: rows(w, item="NO-SUCH"), "item_unknown", "item"),
    batch("item out of the plan", lambda w, c: rows(w, item=w.order.plan.filter(inclusion="out").first().code),
          "item_not_in_plan", "item"),
    batch("derived item", lambda w, c: rows(w, DERIVED), "derived_item", "item"),
    batch("item twice in one batch", lambda w, c: rows(w) * 2, "duplicate_item", "item"),
    batch("value without unit", lambda w, c: measured(w, unit=None), "unit_missing", "values.*.unit"),
    batch("value with a wrong unit", lambda w, c: measured(w, unit="furlong"), "unit_mismatch", "values.*.unit"),
    batch("value that is no number", lambda w, c: measured(w, value="three"), "value_not_a_number", "values.*"),
    batch("value that is not asked for", lambda w, c: rows(w, values={"colour": {"value": "3", "unit": "m"}}),
          "measurement_unknown", "values.*"),
    batch("verdict missing", lambda w, c: rows(w, verdict=None), "verdict_missing", "verdict"),
    batch("unknown verdict", lambda w, c: rows(w, verdict="MAYBE"), "verdict_unknown", "verdict"),
    batch("verdict on a recorded item", lambda w, c: rows(w, planned_with(w, ResultType.RECORDED), verdict="PASS"),
          "verdict_not_allowed", "verdict"),
    batch("firmware that was never received", lambda w, c: rows(w, firmware="9.9.9"), "version_not_received",
          "firmware"),
    batch("unknown tool", lambda w, c: rows(w, tool="NO-SUCH"), "tool_unknown", "tool"),
    batch("tool out of calibration", lambda w, c: rows(w), "tool_out_of_calibration", "tool", before=expire_tool),
    batch("test in the future", lambda w, c: rows(w, performed_at=FUTURE), "performed_in_future", "performed_at"),
    batch("test before receipt", lambda w, c: rows(w, performed_at="2001-01-01T00:00:00Z"),
          "performed_before_receipt", "performed_at"),
    batch("same batch again without a key", lambda w, c: rows(w), "already_recorded", "item", status=409,
          before=record_first, who="tester2"),
    batch("row that another moved", lambda w, c: rows(w, slot_version=77), "row_stale", "slot_version", status=409),
    Bad("batch without rows", "testing", "tester", order_path("attempts/"), lambda w, c: [],
        (422, "batch_empty", "rows"), version=lambda w: None),
    Bad("results before the sample", "submitted", "tester", order_path("attempts/"),
        lambda w, c: [{"item": "IOP-01", "hardware": "1", "firmware": "1", "tool": "1",
                       "performed_at": "2026-01-01T00:00:00Z"}],
        (409, "order_not_in_testing", "stage"), version=lambda w: None),
    # The body's shape.
    shape("unknown field", lambda w, c: rows(w, verdcit="PASS"), "unknown_field", "verdcit"),
    shape("number for text", lambda w, c: rows(w, firmware=1.10), "invalid", "firmware"),
    shape("value as a number", lambda w, c: measured(w, value=3.10), "invalid", "values.*.value"),
    shape("time without its zone", lambda w, c: rows(w, performed_at="2026-03-15T09:30:00"), "naive", "performed_at"),
    shape("field missing", lambda w, c: [{k: v for k, v in rows(w)[0].items() if k != "tool"}], "required", "tool"),
    shape("text that cannot be stored", lambda w, c: rows(w, remark="a\0b"), "null_characters_not_allowed", "remark"),
    shape("object for a list", lambda w, c: rows(w)[0], "not_a_list", None),
    step("text for a truth value", ("returned", "vendor", "submit"), {"has_agreed": "true"},
         (422, "invalid_input", "has_agreed")),
    # Verification and passwords.
    Bad("verify what does not exist", "testing", "verifier", order_path("attempts/verify/"),
        lambda w, c: {"attempts": [987654321]}, (422, "attempt_unknown", "attempts"), version=lambda w: None),
    Bad("verify one's own record", "recorded", "tester", order_path("attempts/verify/"),
        lambda w, c: {"attempts": [w.attempt.pk]}, (403, "verifier_is_recorder", "attempts"),
        version=lambda w: None, before=lambda w, c: grant(c.tester, people.Role.VE)),
    Bad("exclusion of an unknown kind", "testing", "tester",
        lambda w: f"orders/{w.order.number}/items/{ITEM}/exclusion/propose/",
        lambda w, c: {"kind": "HOLIDAY", "reason": "x"}, (422, "exclusion_kind_unknown", "kind"),
        version=lambda w: None),
    Bad("wrong password at authorisation", "checked", "signatory", lambda w: f"reports/{w.report.pk}/authorise/",
        lambda w, c: {"password": PASSWORD + "x"}, (403, "password_wrong", "password"),
        version=lambda w: w.report.row_version),
    Bad("no password at authorisation", "checked", "signatory", lambda w: f"reports/{w.report.pk}/authorise/",
        lambda w, c: {}, (422, "invalid_input", "password"), version=lambda w: w.report.row_version),
    Bad("wrong password at a suspension", "granted", "decider",
        lambda w: f"certifications/{w.extra['number']}/suspend/",
        lambda w, c: {"public_reason_zh": "演示", "password": "x"}, (403, "password_wrong", "password"),
        version=lambda w: w.certification.row_version),
    # Files.
    file("file over the limit", lambda w, c: upload("big.log", b"x" * 2000), (422, "file_too_large", "file"),
         settings={"UPLOAD_LIMIT_BYTES": 1999}),
    file("file that is not what its name says", lambda w, c: upload("photo.png", b"%PDF-1.7 not a picture"),
         (422, "file_type_mismatch", "file")),
    file("kind of file that is not kept", lambda w, c: upload("run.exe", b"MZ"), (422, "file_kind_refused", "file")),
    file("empty file", lambda w, c: ContentFile(b"", name="empty.log"), (422, "file_missing", "file")),
    Bad("no file at all", "testing", "tester", lambda w: "files/", lambda w, c: {}, (422, "invalid_input", "file"),
        version=lambda w: None, form="multipart"),
    Bad("evidence for an unknown item", "testing", "tester", lambda w: "evidence/",
        lambda w, c: {"order": w.order.number, "item": "NO-SUCH", "file": upload()}, (422, "item_unknown", "item"),
        version=lambda w: None, form="multipart"),
    Bad("device photograph that is none", "testing", "tester", lambda w: "evidence/",
        lambda w, c: {"order": w.order.number, "is_device_photograph": "true", "file": upload()},
        (422, "photograph_expected", "file"), version=lambda w: None, form="multipart"),
    Bad("misspelt field of an upload", "testing", "tester", lambda w: "evidence/",
        lambda w, c: {"order": w.order.number, "photograph": "true", "file": upload()},
        (422, "invalid_input", "photograph"), version=lambda w: None, form="multipart"),
]


def grant(user: User, role: Any) -> None:
    people.confirm_role(grant=people.grant_role(user=user, role=role, actor=None), actor=None)


@pytest.mark.parametrize("world", [name for name in WORLDS if any(bad.world == name for bad in TABLE)])
def test_bad_input_is_refused_with_field_and_reason_and_saves_nothing(cast, settings, subtests, world):
    built = WORLDS[world](cast)
    for bad in (row for row in TABLE if row.world == world):
        with subtests.test(bad.name), transaction.atomic():
            try:
                require_refused(bad, replace(built), cast, settings)
            finally:
                # Every row of the table finds the world as it was built.
                transaction.set_rollback(True)


def require_refused(bad: Bad, world: World, cast: SimpleNamespace, settings: Any) -> None:
    """Send the request; assert its refusal, the fault of its first row, and that no row, file or column changed."""
    bad.before(world, cast)
    body, kept = bad.body(world, cast), everything(world, settings)
    with override_settings(**bad.settings):
        answer = Api(getattr(cast, bad.who)).send(bad.method, bad.path(world), body, version=bad.version(world),
                                                  key="k", form=bad.form)
    problem = answer.json()
    assert (answer.status_code, problem["code"], masked(problem["field"])) == bad.refusal, problem
    assert answer.headers["Content-Type"] == "application/problem+json"
    if bad.row:
        first = problem["errors"][0]
        assert (first["code"], masked(first["field"]), first["message"] != "") == (*bad.row, True)
    assert problem["detail"]
    assert everything(world, settings) == kept


def everything(world: World, settings: Any) -> tuple[Any, ...]:
    """How many rows each table holds, the order's columns, and what lies in the storage."""
    files = sorted(str(path) for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())
    return row_counts(), Order.objects.filter(pk=world.order.pk).values().get(), files


def masked(name: str | None) -> str | None:
    """A field with the key of its measurement left out."""
    if name is None:
        return None
    parts = name.split(".")
    return ".".join("*" if index == 1 and parts[0] == "values" else part for index, part in enumerate(parts))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_malformed_json_is_refused_everywhere_it_is_read(cast, language):
    world = WORLDS["testing"](cast)
    api = Api(cast.tester)
    api.client.force_authenticate(cast.tester)
    answer = api.client.post(f"/api/v1/orders/{world.order.number}/attempts/", b'[{"item": "IOP-01",',
                             content_type="application/json", headers={"Accept-Language": language})
    assert (answer.status_code, answer.json()["code"], Attempt.objects.count()) == (400, "malformed_json", 0)


def test_faults_of_all_rows_are_named_at_once(cast):
    world = WORLDS["testing"](cast)
    sent = [*rows(world, firmware="9.9.9", tool="NO-SUCH"), *rows(world, ITEM, verdict="MAYBE")]
    problem = Api(cast.tester).post(f"orders/{world.order.number}/attempts/", sent).json()
    assert sorted((row["row"], row["item"], row["code"]) for row in problem["errors"]) == [
        (0, "IOP-01", "tool_unknown"), (0, "IOP-01", "version_not_received"), (1, ITEM, "verdict_unknown")]


def test_stale_answer_shows_what_stands_now(cast):
    world = WORLDS["submitted"](cast)
    problem = Api(cast.intake).post(f"orders/{world.order.number}/decline/", REASON, version=1).json()
    assert (problem["stage"], problem["row_version"]) == ("submitted", world.order.row_version)


def test_password_wrong_too_often_is_refused_until_the_time_that_the_answer_names(cast, settings, time_machine):
    world = WORLDS["checked"](cast)
    time_machine.move_to(timezone.now(), tick=False)

    def authorise(password: str) -> Any:
        return Api(cast.signatory).post(f"reports/{world.report.pk}/authorise/", {"password": password}, key="k",
                                        version=world.report.row_version)

    assert {authorise("guess").json()["code"] for _try in range(settings.PASSWORD_TRIES)} == {"password_wrong"}
    time_machine.shift(timedelta(seconds=300))
    locked = authorise(PASSWORD)
    assert (locked.status_code, locked.json()["code"]) == (429, "password_locked")
    assert locked.headers["Retry-After"] == str(settings.PASSWORD_LOCK_SECONDS - 300)


def test_wrong_uscc_is_refused_where_it_is_entered(cast):
    with pytest.raises(UsccInvalid):
        set_uscc(company=cast.company_b, uscc="91110108MA01ABCD3X", actor=cast.intake)


@pytest.mark.parametrize("path", [
    "orders/a%00b/", "orders/a%00b/plan/", "rework/a%00b/", "certifications/a%00b/", "products/a%00b/",
    "verify/a%00b/", "devices/99999999999999999999/", "reports/not-a-uuid/", "editions/a%00b/",
    "attempts/99999999999999999999/verify/",
])
def test_addresses_that_name_nothing_are_not_found(cast, path):
    api = Api(cast.verifier)
    answer = api.post(path) if "attempts" in path else api.get(path)
    assert answer.status_code in (404, 200 if path.startswith("verify") else 404)


@pytest.mark.parametrize("size", ["-1", "x", "0", "101", "²", "", "0100999999"])
def test_size_of_a_page_that_is_none_is_refused(cast, size):
    answer = Api(cast.verifier).get(f"orders/?page_size={size}")
    said = answer.json()
    assert (said["status"], said["code"], said["field"]) == (422, "invalid_page_size", "page_size")
    assert said["remedy"] == "请填写 1 至 100 的整数。"


@pytest.mark.parametrize("query", [
    "attempts/in-doubt/", "attempts/in-doubt/?tool=a%00b", "attempts/in-doubt/?since=soon",
    "orders/?cursor=%00", "orders/?cursor=zzz", "orders/?stage=a%00b",
    "products/?q=a%00b", "products/?company=a%00b", "products/?cursor=%00", "products/?year=99999999999999999999",
    "companies/?q=a%00b", "companies/?cursor=zzz", "editions/?cursor=zzz", "devices/?cursor=zzz",
])
def test_query_that_means_nothing_does_no_harm(cast, query):
    assert Api(cast.verifier).get(query).status_code in (200, 404, 422)
