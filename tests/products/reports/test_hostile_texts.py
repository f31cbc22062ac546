"""Whatever a vendor types is printed as typed, or refused with the character's name; it is never interpreted."""

from __future__ import annotations

import copy
import json
import re
import unicodedata

import pytest

from products.reports.errors import GlyphMissing
from products.reports.rendering import printable, render
from tests.factories.reports import photograph, snapshot, text_of

HOSTILE = [
    '#read("/etc/passwd")', '#eval("1+1")', "#import \"house.typ\": *", "#include \"/etc/hostname\"",
    "]#panic[x", "*粗* _斜_ `原样` $x^2$", "= 标题", "- 一\n+ 二\n/ 三: 四", "<label> @label", "\\u{1F600} \\#",
    "// 注释 /* 注释 */", "~ -- --- ...", "http://example.invalid/x.svg", "../../../etc/passwd", "{{ x }}{% load %}",
    '"}],"x":[{"', "\\\"\\\\\"", "</script><b>", "'\"; DROP TABLE", "%s %(x)d {0}", "http://[::1]/", "A" * 300,
    "甲" * 300, "a\tb\r\nc", "é é", "ﬁ ﬀ", "１２３ＡＢＣ", "=HYPERLINK(\"x\")", "镕 𠮷 裏",
]
# Dropped: they print nothing and could make the text read otherwise.
INVISIBLE = ["AP\u202e780", "A\u200bP", "x\u2066y\u2069", "a\x00b", "a\x1b[31m", "\ufeffz", "a\u00adb"]
MISSING = ["😀", "⎓", "\ue000", "\U000e0041", "ﷺ"]
# What the software says itself: codes by which the template chooses words, paths, days and digests.
FIXED = re.compile(r"(^schema|template_version|software_version|report\.(compiled_at|authorised_at|replaces|is_demo"
                   r"nstration|revision|issued_on)|\.(category|verdict|origin|result_type|is_counted|reason|kind|"
                   r"sha256|fingerprint|id|slug|planned|passed|failed|recorded|excluded|retested|attempts)$|"
                   r"conclusion\.code|^dates|^made_with|counts|categories\.\d+\.code|_on$|\.on$|_days$|codes\.\d+$|"
                   r"repeated\.\d+$|decision_rule\.code|number$)")


def fields(value, place=""):
    """Every text of a snapshot that people or vendors write, by its place."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from fields(part, f"{place}.{key}".strip("."))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from fields(part, f"{place}.{number}")
    elif isinstance(value, str) and not FIXED.search(place):
        yield place


def put(data, place, text):
    *parents, last = place.split(".")
    for key in parents:
        data = data[int(key)] if isinstance(data, list) else data[key]
    if isinstance(data, list):
        data[int(last)] = text
    else:
        data[last] = text


PLACES = list(fields(snapshot()))
# Kept in the snapshot, not printed.
UNPRINTED = re.compile(r"(type_code|accepted_on|remark|group_zh|group_en|photographs\.\d+\.name|verification_code|"
                       r"evidence\.\d+\.note|customer\.number|report\.amendment_reason|edition\.(slug|origin)|"
                       r"standards\.\d+\.code|other_sources\.\d+\.code|statements\.\d+\.element|earlier\.\d+\.(label_en|values\.\d+\.(name_en|limit))|\.tool$|"
                       r"values\.\d+\.limit|rounds\.\d+\.failed\.\d+\.(name_en|reason_en)|results\.\d+\.reason|"
                       r"consents\.\d+\.en|results\.4\.(hardware|firmware))")


def squeezed(text):
    """Without white space and in one form of compatibility, as copying from a page gives it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def drawn(data):
    return render(data, draft=True, photographs={"photo-1": photograph(size=(30, 20))})


def filled(texts):
    """A snapshot in which every field holds one of the texts, each with a mark of its own."""
    data, expected = snapshot(), {}
    for number, place in enumerate(PLACES):
        text = f"[{number}]{texts[number % len(texts)]}"
        put(data, place, text)
        expected[place] = text
    return data, expected


@pytest.mark.parametrize("turn", range(3))
def test_render_prints_hostile_texts_of_every_field_as_they_are(turn):
    texts = HOSTILE[turn * 10:] + HOSTILE[: turn * 10]
    data, expected = filled(texts)
    printed = squeezed("".join(text_of(drawn(data))))
    missing = [place for place, text in expected.items()
               if not UNPRINTED.search(place) and squeezed(printable(text)) not in printed]
    assert missing == []


def test_render_drops_what_makes_a_text_read_otherwise():
    data, expected = filled(INVISIBLE)
    printed = "".join(text_of(drawn(data)))
    assert not set("\u202e\u200b\u2066\u2069\x00\x1b\ufeff") & set(printed)
    assert squeezed(printable(expected["device.model"])) in squeezed(printed)


@pytest.mark.parametrize("char", MISSING)
def test_render_refuses_a_missing_character_in_any_field_and_names_both(char):
    for place in PLACES[::7]:
        data = snapshot()
        put(data, place, f"演示{char}")
        with pytest.raises(GlyphMissing) as caught:
            drawn(data)
        assert caught.value.extra["character"] == char
        assert caught.value.extra["place"].split(".")[-1] == place.split(".")[-1] or place[-1].isdigit()


def test_hostile_texts_reach_the_typesetter_as_json_only():
    data, expected = filled(HOSTILE)
    assert json.loads(json.dumps(data)) == data
    assert copy.deepcopy(data) == data
    assert len(expected) > 80
