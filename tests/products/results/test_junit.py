"""Results of test programs: only what a list calls a pass is one, and a test that did not run gives no result."""

import io
from pathlib import Path

import pytest

from products.results.selectors.sheets import lines_of
from wapicert.errors import DomainError
from wapicert.sheets import Account, Omission, counted, told

FILES = Path(__file__).parent / "files"


def read(content):
    """{item: (verdict, remark)} of what ran, and the account of what did not."""
    account = Account()
    content = content if isinstance(content, bytes) else content.encode()
    lines = list(lines_of(io.BytesIO(content), "xml", account)[1])
    return {line.text_of("item"): (line.text_of("verdict"), said(line)) for line in lines}, account.entries


def said(line):
    return line.cells["remark"].value if "remark" in line.cells else ""


def suite(*cases, attributes=""):
    return f'<testsuites><testsuite name="w" {attributes}>{"".join(cases)}</testsuite></testsuites>'


def test_gtest_that_did_not_run_gives_no_result():
    found, left = read((FILES / "01-gtest-notrun.xml").read_bytes())
    assert found == {"INT-05": ("PASS", "")}
    assert [(entry["place"], entry["why"]) for entry in left] == [
        ("INT-06 sequence", 'status="notrun"'), ("INT-07 fragments", 'result="skipped"')]
    assert (counted(left, Omission.NOT_RUN), "未执行" in told(left[0])[1]) == (2, True)


@pytest.mark.parametrize("case", [
    '<testcase name="INT-05" status="notrun" result="suppressed"/>',  # gtest
    '<testcase name="INT-05" status="run" result="skipped"><skipped message="no AP"/></testcase>',  # gtest
    '<testcase name="INT-05" status="disabled"/>',  # CTest
    '<testcase name="INT-05" status="notrun"><skipped/></testcase>',  # CTest
    '<testcase name="INT-05" status="notrun"><failure message="Unable to find executable"/></testcase>',  # CTest, old
    '<testcase name="INT-05" classname="t"><ignored/></testcase>',  # TestNG
    '<testcase name="INT-05" status="run" result="interrupted"/>',  # Bazel
    '<testcase name="INT-05"><skipped type="pytest.xfail" message="known"/></testcase>',  # pytest
    '<testcase name="INT-05"><skipped/></testcase>',  # jest, surefire, Robot
    '<testcase name="INT-05" status="Skipped"/>', '<testcase name="INT-05" status="NOT_RUN"/>',
    '<testcase name="INT-05" status="pending"/>', '<testcase name="INT-05" status="quarantined"/>',
    '<testcase name="INT-05" result="unknown"/>', '<testcase name="INT-05" executed="False"/>',
    '<testcase name="INT-05" ignored="true"/>', '<testcase name="INT-05"><notRun/></testcase>',
    '<testcase name="INT-05" skipped="no AP"/>', '<testcase name="INT-05" disabled="BUG-12"/>',
    '<testcase name="INT-05" pending="true"/>', '<testcase name="INT-05" runstate="Explicit"/>',  # NUnit
    '<testcase name="INT-05" executed="never"/>', '<testcase name="INT-05" success="perhaps"/>',
    '<testcase name="INT-05" Status="Skipped"/>', '<testcase xmlns:x="u" name="INT-05" x:status="skipped"/>',
    '<testcase name="INT-05" verdict="blocked"/>', '<testcase name="INT-05" status="1"/>',  # trx2junit
    '<testcase name="INT-05"><surprise/></testcase>', '<testcase name="INT-05"><rerunFailure message="x"/></testcase>',
])
def test_case_that_did_not_run_or_says_an_unknown_word_gives_no_result_and_is_counted(case):
    found, left = read(suite(case, '<testcase name="INT-06"/>'))
    assert found == {"INT-06": ("PASS", "")}
    assert (counted(left, Omission.NOT_RUN), bool(left[0]["why"])) == (1, True)


@pytest.mark.parametrize(("case", "verdict"), [
    ('<testcase name="INT-05"/>', "PASS"), ('<testcase name="INT-05" status="run" result="completed"/>', "PASS"),
    ('<testcase name="INT-05" status="passed"><system-out>x</system-out><properties/></testcase>', "PASS"),
    ('<testcase name="INT-05" status="run"><failure message="x"/></testcase>', "FAIL"),
    ('<testcase name="INT-05" status="fail"><failure message="x"/></testcase>', "FAIL"),
    ('<testcase name="INT-05" status="odd"><failure message="x"/><surprise/></testcase>', "FAIL"),
    ('<testcase name="INT-05" status="failed"/>', "FAIL"), ('<testcase name="INT-05" success="False"/>', "FAIL"),
    ('<testcase name="INT-05" passed="false"/>', "FAIL"), ('<testcase name="INT-05" passed="true"/>', "PASS"),
    ('<testcase name="INT-05" success="no"/>', "FAIL"), ('<testcase name="INT-05" success="Error"/>', "INC"),
    ('<testcase name="INT-05" failures="1" errors="0"/>', "FAIL"), ('<testcase name="INT-05" errors="1"/>', "INC"),
    ('<testcase name="INT-05" verdict="FAIL"/>', "FAIL"), ('<testcase name="INT-05" Result="Failed"/>', "FAIL"),
    ('<testcase name="INT-05" executed="True" success="True" runstate="Runnable" skipped="0"/>', "PASS"),  # NUnit
    ('<testcase name="INT-05" file="a.py" line="7" time=""/>', "PASS"),  # pytest
    ('<testcase name="INT-05"><error message="x"/></testcase>', "INC"),
    ('<testcase name="INT-05" status="timeout"/>', "INC"), ('<testcase name="INT-05" status="error"/>', "INC"),
    ('<testcase name="INT-05"><failure message="x"/><skipped/></testcase>', "INC"),
    ('<testcase name="INT-05"><flakyFailure message="x"/></testcase>', "PASS"),
    ('<testcase name="INT-05"><failure message="x"/><rerunFailure message="y"/></testcase>', "FAIL"),
])
def test_case_that_ran_has_the_verdict_that_it_shows(case, verdict):
    found, left = read(suite(case))
    assert (found["INT-05"][0], left) == (verdict, [])


@pytest.mark.parametrize("broken", [
    (FILES / "15-suite-level-error.xml").read_text(encoding="utf-8"),
    suite('<testcase name="INT-05 header"/>', '<error message="teardown failed"/>'),
    suite('<testcase name="INT-05 header"/>', attributes='result="interrupted"'),
    suite('<testcase name="INT-05 header"/>', attributes='tests="2" failures="1"'),
    suite('<testcase name="INT-05 header"/>', attributes='tests="2" errors="1"'),
    suite('<testcase name="INT-05 header"/>', attributes='tests="2" skipped="1"'),
    suite('<testcase name="INT-05 header"/>', attributes='tests="2" skip="1"'),  # nose
    suite('<testcase name="INT-05 header"/>', attributes='tests="2" skips="1"'),  # pytest
    suite('<testcase name="INT-05 header"/>', attributes='errors=" 1"'),
    suite('<testcase name="INT-05 header"/>', attributes='status="failed"'),
    suite('<testcase name="INT-05 header"/>', attributes='executed="True" success="False"'),
    suite('<testcase name="INT-05 header"/>', attributes='disabled="true"'),
    suite('<testcase name="INT-05 header"/>', attributes='executed="False"'),
    suite(suite('<testcase name="INT-05 header"/>'), '<failure message="x"/>'),
    '<testsuites errors="1"><testsuite><testcase name="INT-05 header"/></testsuite></testsuites>',
])
def test_nothing_passes_in_a_suite_that_is_broken_itself(broken):
    found, _left = read(broken)
    assert found["INT-05"][0] == "INC"
    assert found["INT-05"][1].startswith("测试套件出错")


def test_failure_stays_a_failure_in_a_broken_suite_and_other_suites_are_not_touched():
    failed = suite('<error message="x"/>', '<testcase name="A-1"><failure message="y"/></testcase>')
    whole = suite('<testcase name="A-2"/>', '<testcase name="A-3"><skipped/></testcase>',
                  attributes='failures="0" skipped="1"')
    found, _left = read(f"<testsuites>{failed}{whole}</testsuites>")
    assert found == {"A-1": ("FAIL", "y"), "A-2": ("PASS", "")}


def test_suite_that_failed_by_a_case_of_its_own_leaves_the_other_cases_alone():
    found, _left = read(suite('<testcase name="A-1"/>', '<testcase name="A-2"><failure message="y"/></testcase>',
                              attributes='status="failed" success="False" disabled="0" skipped="0"'))
    assert found == {"A-1": ("PASS", ""), "A-2": ("FAIL", "y")}


def test_case_with_cases_of_its_own_is_no_pass():
    within = '<testcase name="A-1"><failure message="y"/></testcase>'
    found, left = read(suite(f'<testcase name="INT-05">{within}</testcase>'))
    assert found == {"A-1": ("FAIL", "y")}
    assert [(entry["place"], entry["why"]) for entry in left] == [("INT-05", "<testcase>")]


def test_list_of_tests_that_were_not_run_gives_no_result():
    # What gtest writes with --gtest_list_tests --gtest_output=xml.
    found, left = read('<testsuites tests="2" name="AllTests"><testsuite name="WAI" tests="2">'
                       '<testcase name="INT-05" file="wai_test.cc" line="43" />'
                       '<testcase name="INT-06" type_param="int" file="wai_test.cc" line="51" />'
                       "</testsuite></testsuites>")
    assert found == {}
    assert (counted(left, Omission.NOT_RUN), "测试清单" in told(left[0])[1]) == (2, True)


def test_pass_after_failed_tries_tells_of_them():
    found, _left = read((FILES / "02-surefire-flaky.xml").read_bytes())
    assert found == {"INT-05": ("PASS", "第 1 次：MIC mismatch at try 1"),
                     "INT-06": ("PASS", "第 1 次：no link at try 1")}


def test_two_cases_of_one_test_are_one_result_the_worse_one():
    found, _left = read((FILES / "06-pytest-double.xml").read_bytes())
    assert found == {"INT-05": ("FAIL", 'AssertionError: 1 != 2；failed on teardown with "OSError"')}
    after, _left = read(suite('<testcase name="INT-05"/>', '<testcase name="INT-05"><error message="x"/></testcase>'))
    assert after["INT-05"][0] == "INC"


def test_moment_is_that_of_the_case_or_of_the_suite_around_it():
    lines = lines_of(io.BytesIO((FILES / "07-nested-stamps.xml").read_bytes()), "xml")[1]
    assert {line.text_of("item"): line.text_of("performed_at")[-8:] for line in lines} == {
        "INT-05": "09:57:00", "INT-06": "09:57:30", "INT-07": "09:57:00", "INT-08": "09:56:40"}


def test_message_that_begins_with_a_sign_is_text():
    found, _left = read((FILES / "03-message-begins-with-sign.xml").read_bytes())
    assert [remark for _verdict, remark in found.values()] == [
        "- Expected version 1 + Received version 2", "== left: 7, right: 8", "--- FAIL: TestFragments (0.02s)",
        "@Timeout(5) exceeded"]


def test_encoding_that_the_file_names_is_read_and_colours_are_dropped():
    found, _left = read((FILES / "04-gbk-declared.xml").read_bytes())
    assert found == {"INT-05": ("FAIL", "版本字段错误")}
    coloured, _left = read((FILES / "05-ansi-escape.xml").read_bytes())
    assert {item: verdict for item, (verdict, _remark) in coloured.items()} == {"INT-05": "PASS", "INT-06": "FAIL"}
    spaced, _left = read('<testsuite xmlns="urn:x"><testcase name="INT-05"/></testsuite>')
    assert spaced == {"INT-05": ("PASS", "")}


@pytest.mark.parametrize(("content", "code", "word"), [
    ((FILES / "12-robot-output.xml").read_bytes(), "sheet_not_junit", "robot"),
    (b"<testng-results/>", "sheet_not_junit", "testng-results"),
    (b"<Site><Testing/></Site>", "sheet_not_junit", "site"),
    (b"<testsuite>\n<testcase", "sheet_unreadable", "第 2 行"),
    (b'<?xml encoding="klingon"?><testsuite/>', "sheet_unreadable", ""),
])
def test_file_that_is_no_junit_is_refused_with_reason_and_remedy(content, code, word):
    with pytest.raises(DomainError) as refused:
        read(content)
    assert (refused.value.code, word in str(refused.value), bool(refused.value.remedy)) == (code, True, True)
