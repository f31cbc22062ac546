"""Companies: the 统一社会信用代码 is checked, belongs to one company, and its changes are kept."""

import pytest

from members.companies.errors import UsccFixed, UsccInvalid, UsccTaken
from members.companies.models import Company
from members.companies.services import clean_uscc, register_company, set_uscc
from members.history.models import Entry
from tests.factories.people import company

CODE = "91110108MA01ABCD3L"


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), f" {CODE[:8]} {CODE[8:]}\u3000",
                                   "９１１１０１０８ＭＡ０１ＡＢＣＤ３Ｌ"])
def test_clean_uscc_normalises_what_people_type(typed):
    assert clean_uscc(typed) == CODE


@pytest.mark.parametrize("typed", ["", CODE[:-1], f"{CODE}0", f"{CODE[:-1]}M", "91110108MA01ABCI3L",
                                   "00110108MA01ABCD3L"])
def test_clean_uscc_refuses_length_check_character_and_alphabet(typed):
    with pytest.raises(UsccInvalid) as refusal:
        clean_uscc(typed)
    assert (refusal.value.code, refusal.value.status, refusal.value.field) == ("uscc_invalid", 422, "uscc")


def test_register_company_gives_the_next_number_and_is_kept(db):
    first, second = company(), company(uscc=None)
    assert (first.number, second.number) == ("C00001", "C00002")
    entries = Entry.objects.filter(act="company.registered")
    assert [(entry.object_id, entry.after["uscc"]) for entry in entries] == [("C00001", CODE), ("C00002", None)]


@pytest.mark.parametrize(("uscc", "refusal"), [(CODE, UsccTaken), (CODE[:-1] + "M", UsccInvalid)])
def test_register_company_refused_leaves_nothing_behind(db, uscc, refusal):
    company()
    with pytest.raises(refusal):
        register_company(name_zh="演示丙", uscc=uscc, actor=None)
    assert Company.objects.count() == Entry.objects.filter(act="company.registered").count() == 1
    assert company(uscc=None).number == "C00002"


def test_set_uscc_fills_it_in_and_keeps_before_and_after(cast):
    set_uscc(company=cast.company_b, uscc="91350211M000100Y46", actor=cast.intake)
    cast.company_b.refresh_from_db()
    entry = Entry.objects.get(act="company.uscc_set")
    assert (entry.before, entry.told, cast.company_b.uscc) == (
        {"uscc": None}, {"uscc": "91350211M000100Y46"}, "91350211M000100Y46")


def test_set_uscc_of_another_company_is_refused(cast):
    with pytest.raises(UsccTaken):
        set_uscc(company=cast.company_b, uscc=CODE, actor=cast.intake)
    cast.company_b.refresh_from_db()
    assert cast.company_b.uscc is None


def test_set_uscc_again_by_the_company_is_refused_and_keeps_the_first(cast):
    set_uscc(company=cast.company_b, uscc="91350211M000100Y46", actor=cast.stranger)
    with pytest.raises(UsccFixed):
        set_uscc(company=cast.company_b, uscc="91330100MA2XXXX12H", actor=cast.stranger)
    cast.company_b.refresh_from_db()
    assert cast.company_b.uscc == "91350211M000100Y46"
