"""One clean text at the services' door: what is refused, what is taken away, and that no service forgets it."""

from __future__ import annotations

import ast
import importlib
import inspect
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wapicert.errors import InvalidInput
from wapicert.texts import (
    CODE,
    STORY,
    CharacterRefused,
    TooLong,
    clean_text,
    clean_value,
    line,
    lines,
    printable,
    takes_text,
)

ROOT = Path(__file__).resolve().parents[2]
BAD = {"NUL": "\0", "ESC": "\x1b", "override": "\u202e", "embedding": "\u202a", "isolate": "\u2066",
       "mark": "\u200e", "half a pair": "\ud800", "no character": "\uffff", "delete": "\x7f", "C1": "\x9b"}
# Parameters that hold text but no words that anybody keeps.
SECRETS = {"password", "second_factor", "token", "secret", "code", "proof"}
# Versions that are compared only, and a row of results, which check_row looks at field by field.
LOOKED_AT = {"seen", "basis", "row"}
# Services whose texts come from other services, or are looked at elsewhere.
EXCUSED = {
    "members.access.services.account.issue_own_token": "asked by issue_token",
    "members.access.services.factors.note_account_change": "a word of this software",
    "members.access.services.factors.seal": "a secret, encrypted",
    "members.access.services.factors.unseal": "a secret, encrypted",
    "members.access.services.logging.note_sign_in": "a name that is nobody's is not kept",
    "members.access.services.sessions.end_sessions": "a key of a session",
    "members.access.services.sessions.rename_session": "keys of sessions",
    "members.companies.services.clean_names": "asked by change_names",
    "members.companies.services.clean_uscc": "only a valid code passes",
    "members.history.services.entries.append_entry": "asked by services that took their texts clean",
    "members.history.services.entries.history_archive": "the name of a chain that exists",
    "members.notices.services.notify": "asked by services that took their texts clean",
    "members.notices.services.notify_company": "asked by services that took their texts clean",
    "members.notices.services.notify_role": "asked by services that took their texts clean",
    "members.notices.services.replace_in_notices": "names of an account",
    "members.notices.services.with_names_replaced": "names of an account",
    "members.numbering.services.next_number": "words of this software",
    "members.people.services.count_tries": "a key of this software",
    "members.people.services.is_authorised": "reads only",
    "members.people.services.require_roles_mix": "asked by invite and grant_role",
    "members.requests.services.answer_once": "a digest of the request is kept",
    "products.certification.services.moves": "the steps that services share",
    "products.results.services.rigs.require_rig_on": "looked up only",
    "products.devices.importing": "asked by import_device_types",
    "products.equipment.services.loans.locked_loan": "a word of this software",
    "products.equipment.services.loans.note": "the step that services share",
    "products.failures.services.note_storage_faults": "lines of this software's own check",
    "products.files.services.recognition": "looks at bytes",
    "products.files.services.removing.remove_files": "words of this software",
    "products.files.services.storing.display_name": "leaves out what is not printable",
    "products.files.services.summaries.summarise_file": "a key",
    "products.listings.services.listing.follow_report": "asked by confirm_correction; facts of an issued report",
    "products.listings.importing": "asked by import_published_products",
    "products.listings.services.addresses.redirect_address": "only addresses that exist",
    "products.listings.services.indexing": "texts of listings",
    "products.listings.services.listing.renamings_of": "asked by rename_company",
    "products.listings.services.listing.set_listing_status": "asked by the steps of a certification",
    "products.orders.services.moves": "the steps that services share",
    "products.reports.services.amending.require_corrections": "asked by amend_report",
    "products.reports.services.drafting.address_of": "a code of this software",
    "products.reports.services.drafting.corrected": "asked by amend_report",
    "products.reports.services.drafting.new_draft": "texts of the order",
    "products.reports.services.drafting.require_elements": "texts of the report",
    "products.reports.services.moves": "the steps that services share",
    "products.reports.services.printing.render_report": "a key",
    "products.results.services.checking": "a key",
    "products.results.services.files.process_import": "a key",
    "products.results.services.guards": "the steps that services share",
    "products.results.services.recording.batch_facts": "reads only",
    "products.results.services.recording.digest_facts": "reads only",
    "products.results.services.recording.record_attempts": "every row by check_row, which names row and field",
    "products.results.services.rows": "where rows of results are looked at, field by field",
    "products.rework.services.moves": "the steps that services share",
    "products.subscriptions.services": "only a signed token passes",
    "products.suites.importing.checking.message_of": "a code of this software",
    "products.suites.importing.checking.faults_of_measurement": "asked by import_suite",
    "products.suites.importing.drafting.content_in": "rows of a checked file",
    "products.suites.importing.drafting.item_rows": "texts of the edition",
    "products.suites.importing.drafting.version_of": "computes only",
    "products.suites.importing.loading.known_in": "reads only",
    "products.suites.importing.vocabulary": "asked by import_suite",
    "products.suites.importing.reading": "asked by import_suite",
    "products.suites.importing.writing.differences_from": "names of columns",
    "products.webhooks.services.sending.signature_of": "computes only",
}


def services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the services and importing modules, by its dotted name."""
    for app in ("members", "products"):
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if parts[2:3] and parts[2] in ("services", "importing") and parts[-1] != "__init__":
                module = importlib.import_module(".".join(parts))
                for node in ast.parse(path.read_text(encoding="utf-8")).body:
                    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                        yield f"{'.'.join(parts)}.{node.name}", getattr(module, node.name)


def texts_of(service: Callable[..., Any]) -> set[str]:
    """The parameters that may hold text."""
    return {one.name for one in inspect.signature(service).parameters.values()
            if one.name not in SECRETS and any(word in str(one.annotation) for word in ("str", "Any", "Row", "Mapping"))
            and not any(word in str(one.annotation) for word in ("Callable", "Stream"))}


def unnamed(name: str, service: Callable[..., Any]) -> set[str]:
    """The texts of a service that it does not take clean."""
    if name in EXCUSED or name.rpartition(".")[0] in EXCUSED:
        return set()
    wild = {one.name for one in inspect.signature(service).parameters.values() if one.kind is one.VAR_KEYWORD}
    return texts_of(service) - wild - set(getattr(service, "takes_text", {})) - LOOKED_AT


ALL = dict(services())
TAKING = [(name, parameter) for name, one in ALL.items() for parameter in getattr(one, "takes_text", {})]


@pytest.mark.parametrize("name", ALL)
def test_every_service_takes_its_texts_clean_or_says_why_not(name):
    assert unnamed(name, ALL[name]) == set()


def test_the_check_finds_a_service_that_forgets():
    def give_reason(*, reason: str, password: str, actor: object) -> None:
        """Nothing."""

    give_reason.__annotations__["reason"] = "str"
    assert unnamed("products.orders.services.planted.give_reason", give_reason) == {"reason"}


def test_no_excuse_outlives_its_service():
    modules = {name.rpartition(".")[0] for name in ALL}
    assert sorted(name for name in EXCUSED if name not in ALL and name not in modules) == []


@pytest.mark.parametrize(("name", "parameter"), TAKING)
def test_a_control_or_direction_character_is_refused_by_every_service_with_its_field(name, parameter):
    for character in BAD.values():
        with pytest.raises(CharacterRefused) as refused:
            ALL[name](**{parameter: f"文字{character}abc"})
        assert refused.value.field == parameter
        assert f"U+{ord(character):04X}" in str(refused.value)


@pytest.mark.parametrize(("name", "parameter"), TAKING)
def test_a_book_is_refused_by_every_service_with_its_field(name, parameter):
    for text in ("字" * 700_000, "\u200b" * 700_000, "a" * 21_000):
        with pytest.raises(TooLong) as refused:
            ALL[name](**{parameter: text})
        assert refused.value.field == parameter


@pytest.mark.parametrize("invisible", list("\u200b\ufeff\u200d\u2060\u00ad\ufe0f\u3164\U000e0041"))
def test_what_nobody_sees_is_taken_out_of_a_text(invisible):
    assert clean_text(f"{invisible}WA-{invisible}100{invisible}") == "WA-100"


@pytest.mark.parametrize(("written", "kept"), [
    ("第一行\r\n第二行", "第一行\n第二行"), ("a\rb", "a\nb"), ("a\u2028b", "a\nb"), ("a\tb", "a b"), ("  a  ", "a"),
    ("e\u0301", "é"), ("不变", "不变"), ("𠮷野家 ≥ 98 % ① №", "𠮷野家 ≥ 98 % ① №"), ("葛\U000e0100", "葛\U000e0100"),
])
def test_a_text_of_several_lines_keeps_its_lines_and_words(written, kept):
    assert clean_text(written, lines(100)) == kept


@pytest.mark.parametrize(("written", "kept"), [("a\nb", "a b"), ("a\r\n\tb", "a b"), ("\n型号\n", "型号")])
def test_a_text_of_one_line_has_blanks_for_breaks(written, kept):
    assert clean_text(written, line(100)) == kept


@pytest.mark.parametrize(("text", "longest"), [("a" * 100, 100), (" " * 50 + "字" * 100, 100), ("é" * 7, 7)])
def test_a_text_as_long_as_it_may_be_is_taken(text, longest):
    assert clean_text(text, line(longest)) == unicodedata.normalize("NFC", text).strip()


def test_texts_inside_lists_and_objects_are_cleaned_and_named_by_their_way():
    assert clean_value({"a\u200b": ["x\ufeff", 1, None, {"b": True}]}) == {"a": ["x", 1, None, {"b": True}]}
    with pytest.raises(InvalidInput) as refused:
        clean_value({"radio": ["2.4", "5\x1b"]}, CODE, field="specification")
    assert refused.value.field == "specification.radio.1"


@pytest.mark.parametrize("made", [("a\u200b",), {"a\u200b"}, frozenset({"a\u200b"}), iter(["a\u200b"])])
def test_texts_of_any_collection_are_cleaned(made):
    assert list(clean_value(made)) == ["a"]


def test_a_service_gets_its_text_clean_whether_named_or_placed():
    @takes_text(data=STORY)
    def keep(data: Any, other: int = 0) -> Any:
        return data, other

    assert keep(["a\u200b"], 3) == (["a"], 3)
    assert keep(data="a\ufeff", other=4) == ("a", 4)


def test_a_service_cannot_name_a_text_that_it_does_not_take():
    with pytest.raises(TypeError, match="takes no"):
        takes_text(reasons=STORY)(lambda reason: reason)


@pytest.mark.parametrize("standing", ["a\x00b", "a\x1b[31mb", "a\u202eb", "a\ud800b", "a\uffffb"])
def test_what_stands_already_is_printable_without_what_no_format_holds(standing):
    assert printable(standing).replace("[31m", "") == "ab"
