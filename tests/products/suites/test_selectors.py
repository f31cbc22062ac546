"""Which edition counts, what is asked, what follows from a specification, and what differs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from members.people.models import User
from products.suites.errors import NoEditionInForce
from products.suites.models import Edition, Feature
from products.suites.selectors import (
    asked_features,
    compare_editions,
    content_of,
    current_edition,
    derived_features,
    editions_public,
    editions_visible_to,
    fingerprint_of,
    items_of,
    limit_text,
)
from products.suites.selectors.features import follows
from tests.factories import catalogue as factory
from tests.factories import devices
from wapicert.canonical import digest_of

pytestmark = pytest.mark.django_db


def test_current_edition_is_the_mandatory_published_one(catalogue: Any, cast: Any) -> None:
    factory.draft_edition(editor=cast.editor)
    assert current_edition() == catalogue.edition


def test_current_edition_without_any_is_refused(catalogue: Any) -> None:
    Edition.objects.update(is_mandatory=False)
    with pytest.raises(NoEditionInForce) as refusal:
        current_edition()
    assert (refusal.value.code, refusal.value.status) == ("no_edition_in_force", 409)


def test_current_edition_retired_is_refused(catalogue: Any) -> None:
    Edition.objects.update(status="retired")
    with pytest.raises(NoEditionInForce):
        current_edition()


def test_editions_public_leaves_drafts_out_and_keeps_retired(catalogue: Any, cast: Any) -> None:
    factory.draft_edition(editor=cast.editor)
    Edition.objects.filter(pk=catalogue.predecessor.pk).update(status="retired")
    rows = {edition.slug: edition.item_count for edition in editions_public()}
    assert rows == {"2024-03": 125, "before-2024-03": 110}


def test_editions_visible_to_staff_holds_drafts_and_to_others_none(catalogue: Any, cast: Any) -> None:
    draft = factory.draft_edition(editor=cast.editor)
    seeing = {name for name, who in vars(cast).items() if isinstance(who, User) and draft in editions_visible_to(who)}
    assert seeing == {"intake", "tester", "tester2", "verifier", "signatory", "reviewer", "decider", "editor",
                      "approver", "quality", "auditor"}
    assert draft not in editions_visible_to(AnonymousUser())


def test_items_of_reads_all_in_three_queries(catalogue: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        items = list(items_of(catalogue.edition))
        told = [
            (item.code, item.category.code, item.parent and item.parent.code,
             [(row.device_type.code, row.feature and row.feature.key) for row in item.applicability.all()],
             [row.key for row in item.measurements.all()])
            for item in items
        ]
    assert len(told) == 125
    assert told[0][0] == "IOP-01"


def test_fingerprint_is_the_documented_digest(catalogue: Any) -> None:
    items = content_of(catalogue.edition)
    assert fingerprint_of("2024-03", items) == digest_of({"edition": "2024-03", "items": items})
    assert set(items[0]) == {
        "code", "parent", "category", "group_zh", "name_zh", "name_en", "requirement_zh", "requirement_en",
        "result_type", "origin", "basis", "evidence", "applicability", "measurements",
    }
    measured = next(item for item in items if item["code"] == "PER-06")
    assert measured["measurements"][1] == {
        "key": "success", "name_zh": "关联成功率", "name_en": "success rate", "type": "number", "unit": "%",
        "choices": None, "comparator": ">=", "limit": "95", "role": "result",
        "limit_origin": "public web page quoting GB/T 32420 6.2 (network tests), to be confirmed",
    }


@pytest.mark.parametrize(
    ("limit", "text"),
    [(None, None), ("95.000000", "95"), ("100", "100"), ("0.5", "0.5"), ("0", "0"), ("1000000", "1000000")],
)
def test_limit_text_has_plain_digits(limit: str | None, text: str | None) -> None:
    assert limit_text(None if limit is None else Decimal(limit)) == text


def test_compare_editions_tells_the_real_pair_apart(catalogue: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(6):
        difference = compare_editions(catalogue.predecessor, catalogue.edition)
    codes = ["FUN-ASP", "FUN-RT"] + [f"FUN-RT-{n:02}" for n in range(1, 14)]
    assert sorted(item.code for item in difference.added) == codes
    assert (difference.changed, difference.removed) == ([], [])


def test_compare_editions_backwards_removes_what_was_added(catalogue: Any) -> None:
    difference = compare_editions(catalogue.edition, catalogue.predecessor)
    assert (len(difference.added), len(difference.changed), len(difference.removed)) == (0, 0, 15)


def test_compare_editions_with_itself_finds_nothing(catalogue: Any) -> None:
    difference = compare_editions(catalogue.edition, catalogue.edition)
    assert (difference.added, difference.changed, difference.removed) == ([], [], [])


def test_compare_editions_shows_changed_removed_and_re_parented(catalogue: Any, cast: Any) -> None:
    draft = factory.draft_edition(editor=cast.editor)
    difference = compare_editions(catalogue.edition, draft)
    assert difference.added == []
    assert [item.code for item in difference.removed] == ["IOP-02"]
    assert [change.after.code for change in difference.changed] == ["FUN-RT-01", "FUN-RT-02"]
    reworded, moved = difference.changed
    assert list(reworded.fields) == ["requirement_zh"]
    assert reworded.fields["requirement_zh"][1] == reworded.fields["requirement_zh"][0] + "（演示改动）"
    assert moved.fields == {"parent": ("FUN-RT", None)}


def test_compare_editions_shows_limit_and_applicability(catalogue: Any, cast: Any) -> None:
    from_data = factory.draft_data()
    factory.item_of(from_data, "PER-06")["measurements"][1]["limit"] = 98
    factory.item_of(from_data, "IOP-01")["applicability"].pop("CAM")
    draft = factory.draft_edition(editor=cast.editor, data=from_data)
    fields = {change.after.code: list(change.fields)
              for change in compare_editions(catalogue.edition, draft).changed}
    assert fields == {"FUN-RT-01": ["requirement_zh"], "FUN-RT-02": ["parent"], "PER-06": ["measurements"],
                      "IOP-01": ["applicability"]}


@pytest.mark.parametrize(
    ("device_type", "expected"),
    [
        ("AP", ["bridge_mode", "standby_as"]),
        ("AC", ["handover", "standby_as"]),
        ("AS", ["cert_import", "issues_certificates"]),
        ("CIS", []),
        ("SEN", ["sleep", "declared_throughput"]),
        ("CPE", ["bridge_mode", "handover", "downstream", "video"]),
        ("CHIP", []),
    ],
)
def test_asked_features_are_those_that_decide_for_the_type(
    catalogue: Any, django_assert_num_queries: Any, device_type: str, expected: list[str]
) -> None:
    with django_assert_num_queries(1):
        keys = [feature.key for feature in asked_features(catalogue.edition, catalogue.types[device_type])]
    assert keys == expected


def test_asked_features_follow_the_edition(catalogue: Any, cast: Any) -> None:
    data = factory.draft_data()
    for row in data["items"]:
        row["applicability"] = {code: rule for code, rule in row["applicability"].items()
                                if rule.get("when") != "sleep"}
    draft = factory.draft_edition(editor=cast.editor, data=data)
    assert [feature.key for feature in asked_features(draft, catalogue.types["SEN"])] == ["declared_throughput"]


def test_derived_features_answer_for_every_feature_that_is_not_asked(
    catalogue: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        features = derived_features({})
    assert features == dict.fromkeys(Feature.objects.filter(asked=False).values_list("key", flat=True), False)


# The rules as they come with the software, without a database.
RULES = {row["key"]: row["derived_from"] for row in factory.SUITE["features"] if row["derived_from"]}


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        ({"bands": ["2.4GHz", "5GHz"]}, {"band_2_4", "band_5"}),
        ({"bands": ["6GHz"]}, set()),
        ({"phy": "802.11b"}, set()),
        ({"phy": "802.11n"}, {"phy_n"}),
        ({"phy": "802.11ax"}, {"phy_n", "phy_ac", "phy_ax"}),
        ({"phy": "802.11be"}, {"phy_n", "phy_ac", "phy_ax"}),
        ({"phy": "802.11zz"}, set()),
        ({"phy": ["802.11n", "802.11ac"]}, {"phy_n", "phy_ac"}),
        ({"power": "电池"}, {"battery"}),
        ({"power": ["直流", "电池"]}, {"battery"}),
        ({"power": "直流"}, set()),
        ({"roaming": True}, {"as_roaming"}),
        ({"roaming": False}, set()),
        ({"roaming": 1}, set()),
        ({"roaming": ["预鉴别"]}, set()),
        ({"ae_place": "AC"}, {"ae_on_ac"}),
        ({"ae_place": "AP"}, {"ae_on_ap"}),
        ({"forwarding": ["集中转发", "本地转发"]}, {"forwarding_central", "forwarding_local"}),
        ({"wapi_modes": ["证书"]}, set()),
        ({"wapi_modes": ["预共享密钥"]}, {"mode_psk"}),
        ({"bands": None}, set()),
    ],
)
def test_features_follow_the_specification(specification: dict[str, Any], expected: set[str]) -> None:
    assert {key for key, rule in RULES.items() if follows(rule, specification)} == expected


def test_derived_features_of_a_battery_sensor(catalogue: Any) -> None:
    features = derived_features(devices.specification("SEN"))
    assert {key for key, holds in features.items() if holds} == {
        "band_2_4", "band_5", "phy_n", "phy_ac", "mode_psk", "battery",
    }
