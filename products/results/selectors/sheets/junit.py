"""Reads results that test programs write as JUnit XML: only what a list calls a pass is one.

JUnit has no standard. Every program adds words of its own for tests that were left out (gtest: result="suppressed",
CTest: status="disabled", TestNG: <ignored/>, Bazel: result="interrupted"), so a word that is not known is no pass.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from products.results import errors
from products.results.selectors.sheets.columns import Line
from products.results.states import Verdict
from wapicert.sheets import MOST_ROWS, Account, Omission, SheetUnreadable, encoding_of, text_cell, too_large

# What a test case says of itself, and what it may say of a test that ran to its end and passed, failed, or broke off.
SAYING = ("status", "result", "outcome", "state", "conclusion", "verdict")
PASSED = frozenset({"run", "completed", "passed", "pass", "success", "successful", "succeeded", "ok", "finished"})
FAILED = frozenset({"failed", "fail", "failure"})
LEFT_OUT = frozenset({
    "skipped", "skip", "notrun", "notexecuted", "disabled", "suppressed", "ignored", "ignore", "interrupted", "pending",
    "todo", "blocked", "filtered", "excluded", "cancelled", "canceled", "aborted", "untested", "unavailable",
})
BROKEN = frozenset({"error", "errored", "broken", "timeout", "timedout", "crashed", "incomplete", "inconclusive"})
# Flags of other programs: the values of an attribute with which a test did run. Any other one is a word or a reason for
# not running it: skipped="no AP".
YES, NO = frozenset({"", "true", "1", "yes"}), frozenset({"", "false", "0", "no"})
RAN = {"executed": YES, "runstate": frozenset({"", "runnable"}),
       **dict.fromkeys(("ignored", "skipped", "disabled", "notrun", "skip", "pending", "todo"), NO)}
# What a test case counts of itself, or says of how it ended.
WRONG_FLAGS = {**dict.fromkeys(("failures", "failed", "failure"), Verdict.FAIL),
               **dict.fromkeys(("errors", "error"), Verdict.INC)}
# What a list of tests that were not run lacks (gtest: --gtest_list_tests).
RUN_FACTS, SUITE_FACTS = frozenset({"time", "duration", *SAYING}), frozenset({"time", "failures", "errors"})
# What may stand in a test case or a suite without saying that anything went another way than planned.
SILENT = frozenset({
    "properties", "property", "system-out", "system-err", "testcase", "testsuite", "attachments", "attachment", "tags",
    "description", "parameters", "parameter", "metadata", "comment",
})
NESTED = frozenset({"testcase", "testsuite"})
FLAKY = frozenset({"flakyfailure", "flakyerror"})
WRONG = frozenset({"failure", "error"})
# Nose counts in "skip", older versions of pytest in "skips".
NOT_RUN_COUNTS = ("skipped", "disabled", "ignored", "notrun", "skip", "skips", "pending", "todo", "aborted")
WRONG_COUNTS = ("failures", "errors")
ROOTS = frozenset({"testsuites", "testsuite"})
# What XML 1.0 does not allow; programs write colours of terminals all the same.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
DECLARATION = re.compile(r"^\ufeff?(\s*<\?xml[^>]*\?>)?")
# From the best to the worst.
WORSE: list[Verdict | None] = [None, Verdict.PASS, Verdict.INC, Verdict.FAIL]
REMARK, MOST_REASONS = 300, 50


class Outcome(NamedTuple):
    """What a test case came to: a verdict with its remark, or why there is none."""

    verdict: Verdict | None
    remark: str = ""
    why: str = ""


class Held(NamedTuple):
    """A test case that waits for the next: what broke off while one test was cleared away follows as a second one."""

    number: int
    names: tuple[str | None, str | None]
    outcome: Outcome
    texts: dict[str, str]

    def is_same(self, other: Held) -> bool:
        """Whether both are of one test, and not both passes, of which each would have to be told apart."""
        return self.names == other.names and {self.outcome.verdict, other.outcome.verdict} != {Verdict.PASS}

    def with_worse(self, other: Held) -> Held:
        """The worse verdict of both, with what both say."""
        worse = max((self.outcome.verdict, other.outcome.verdict), key=WORSE.index)
        remark = "；".join(filter(None, (self.outcome.remark, other.outcome.remark)))[:REMARK]
        return other._replace(outcome=Outcome(worse, remark))

    def line(self) -> Line:
        """The case as a line of a table."""
        texts = {**self.texts, "verdict": str(self.outcome.verdict), "remark": self.outcome.remark}
        return Line(self.number, {name: text_cell(text) for name, text in texts.items() if text})


@dataclass
class Suite:
    """What a suite says of itself, and what was found in it."""

    stamp: str = ""
    trouble: str = ""
    # That it failed, which its test cases explain, or do not.
    failed: str = ""
    is_list: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)


def junit_lines(content: BinaryIO, account: Account) -> Generator[Line, None, None]:
    """A line per test case that ran. All is looked through first: a suite's own fault may stand at its end."""
    try:
        troubles = _troubles(content)
        yield from _cases(content, troubles, account)
    except ParseError as fault:
        line, column = fault.position
        facts = {"line": line, "column": column + 1}
        raise SheetUnreadable(_("XML 在第 %(line)d 行第 %(column)d 个字符处不合规则，无法读取。") % facts, field="file",
                              remedy=_("请让测试工具重新输出该文件；文件可能不完整。")) from fault
    except (DefusedXmlException, ValueError, LookupError) as fault:
        raise SheetUnreadable(field="file") from fault


def _cases(content: BinaryIO, troubles: dict[int, str], account: Account) -> Generator[Line, None, None]:
    suites, nth, number = [Suite()], -1, 0
    left: dict[str, list[str]] = {}
    held: Held | None = None
    for event, name, element, _parent in _walk(content):
        if event == "start" and name in ROOTS:
            nth += 1
            suites.append(Suite(element.get("timestamp") or suites[-1].stamp, troubles.get(nth) or suites[-1].trouble,
                                is_list=SUITE_FACTS.isdisjoint(element.keys())))
        elif event == "end" and name in ROOTS:
            suites.pop()
        elif event == "end" and name == "testcase":
            number += 1
            if number > MOST_ROWS:
                raise too_large()
            outcome = outcome_of(element, suites[-1].trouble)
            if suites[-1].is_list and _is_listed(element):
                outcome = Outcome(None, why=_("只是测试清单"))
            if outcome.verdict is None:
                left.setdefault(outcome.why if len(left) < MOST_REASONS else _("其他原因"), []).append(_title(element))
                continue
            one = Held(number, (element.get("classname"), element.get("name")), outcome, _cells(
                element, suites[-1].stamp))
            if held and held.is_same(one):
                held = held.with_worse(one)
                continue
            if held:
                yield held.line()
            held = one
    if held:
        yield held.line()
    for why, names in left.items():
        shown = "、".join(names[:20]) + ("…" if len(names) > 20 else "")
        account.note(Omission.NOT_RUN, shown, len(names), why)


def _is_listed(case: Any) -> bool:
    """Whether a case is named with its place in the source, and nothing tells that it ran."""
    facts = set(case.keys())
    return facts >= {"file", "line"} and not facts & RUN_FACTS and not len(case)


def outcome_of(case: Any, trouble: str = "") -> Outcome:
    """The verdict of a test case, or why it has none; in a suite that is broken itself nothing passes."""
    children = {_local(child.tag): child for child in case}
    failed, broken = children.get("failure"), children.get("error")
    wrong = failed if failed is not None else broken
    why, skipped = _left_out(case), next((name for name in children if _word(name) in LEFT_OUT), "")
    if why or (skipped and wrong is None):
        return Outcome(None, why=why or _joined(f"<{skipped}>", _said(children[skipped])))
    if skipped:
        # Both that it failed and that it was left out: nobody can say which.
        return Outcome(Verdict.INC, _joined(f"<{skipped}>", _said(wrong)))
    if wrong is not None:
        return Outcome(Verdict.FAIL if failed is not None else Verdict.INC, _said(wrong))
    return _without_failure(case, children, trouble)


def _without_failure(case: Any, children: dict[str, Any], trouble: str) -> Outcome:
    """A case that shows no failure: a pass if nothing speaks against it, and everything in it is known."""
    said = {_word(case.get(name)) for name in SAYING} - {""}
    success = _word(case.get("success") or case.get("passed"))
    flags = {verdict: _shown(case, name) for name, verdict in WRONG_FLAGS.items() if _word(case.get(name)) not in NO}
    if said & FAILED or success in NO - {""} or Verdict.FAIL in flags:
        return Outcome(Verdict.FAIL, _joined(*sorted(said & FAILED), flags.get(Verdict.FAIL, "")))
    if said & BROKEN or success in BROKEN or flags:
        return Outcome(Verdict.INC, _joined(*sorted((said | {success}) & BROKEN), *flags.values()))
    unknown = [_shown(case, name) for name in SAYING if _word(case.get(name)) not in {"", *PASSED}]
    unknown += [] if success in YES | PASSED else [_shown(case, "success" if case.get("success") else "passed")]
    unknown += [f"<{name}>" for name in children if name in NESTED or name not in SILENT | FLAKY]
    if unknown:
        return Outcome(None, why=unknown[0])
    if trouble:
        return Outcome(Verdict.INC, _joined(_("测试套件出错"), trouble))
    tries = [child for child in case if _local(child.tag) in FLAKY]
    remark = "；".join(_("第 %(nth)d 次：%(said)s") % {"nth": nth, "said": _said(one)}
                      for nth, one in enumerate(tries, start=1))
    return Outcome(Verdict.PASS, remark[:REMARK])


def _left_out(case: Any) -> str:
    """What the case itself says of not having been run; nothing where it ran."""
    name = next((name for name in SAYING if _word(case.get(name)) in LEFT_OUT), "")
    name = name or next((name for name, ran in RAN.items() if _word(case.get(name)) not in ran), "")
    return _shown(case, name) if name else ""


def _shown(element: Any, name: str) -> str:
    return f'{name}="{element.get(name)}"'[:100]


def _troubles(content: BinaryIO) -> dict[int, str]:
    """What is wrong with suites, by their order; raises for a file that is no JUnit at all."""
    troubles: dict[int, str] = {}
    suites: list[tuple[int, Suite]] = []
    nth = -1
    for event, name, element, parent in _walk(content):
        if event == "start" and name in ROOTS:
            nth += 1
            suites.append((nth, Suite(counts=_counts(element), trouble=_own_trouble(element),
                                       failed=_own_failure(element))))
        elif event == "end" and name in ROOTS:
            place, suite = suites.pop()
            if trouble := suite.trouble or _missing(suite):
                troubles[place] = trouble
            if suites:
                suites[-1][1].found.update(suite.found)
        elif event == "end" and parent in ROOTS and name == "testcase":
            _count(element, suites[-1][1])
        elif event == "end" and parent in ROOTS and name not in SILENT:
            suites[-1][1].trouble = suites[-1][1].trouble or _joined(f"<{name}>", _said(element))
            suites[-1][1].found["wrong"] += name in WRONG
        elif event == "start" and parent == "" and name not in ROOTS:
            raise errors.NotJunit(name)
    return troubles


def _own_trouble(suite: Any) -> str:
    """What a suite says of itself, where that is not that it ran; a number beside a flag's name is a count."""
    for name in SAYING:
        if _word(suite.get(name)) not in {"", *PASSED, *FAILED}:
            return _shown(suite, name)
    return next((_shown(suite, name) for name, ran in RAN.items()
                 if (word := _word(suite.get(name))) not in ran and not (ran is NO and word.isdecimal())), "")


def _own_failure(suite: Any) -> str:
    """Whether a suite says that it failed: a failure of what it sets up or clears away stands in none of its cases."""
    said = next((name for name in SAYING if _word(suite.get(name)) in FAILED), "")
    said = said or ("" if _word(suite.get("success")) in YES | PASSED else "success")
    return _shown(suite, said) if said else ""


def _count(case: Any, suite: Suite) -> None:
    outcome = outcome_of(case)
    children = sum(_local(child.tag) in WRONG for child in case)
    suite.found["wrong"] += max(children, outcome.verdict in (Verdict.FAIL, Verdict.INC))
    suite.found["not_run"] += outcome.verdict is None


def _counts(suite: Any) -> dict[str, int]:
    """What a suite counts of itself. Of tests left out the largest count: one may be counted twice."""
    def whole(name: str) -> int:
        text = (suite.get(name) or "").strip()
        return int(text) if text.isdecimal() and len(text) < 9 else 0

    return {"wrong": sum(map(whole, WRONG_COUNTS)), "not_run": max(map(whole, NOT_RUN_COUNTS))}


def _missing(suite: Suite) -> str:
    """More failures or tests left out than are shown by test case: nobody knows which of the others they are."""
    if suite.counts["wrong"] > suite.found["wrong"] + suite.found["not_run"]:
        return _("写明 %(said)d 项失败或出错，逐项只有 %(found)d 项") % {
            "said": suite.counts["wrong"], "found": suite.found["wrong"]}
    if suite.counts["not_run"] > suite.found["not_run"] + suite.found["wrong"]:
        return _("写明 %(said)d 项未执行，逐项只有 %(found)d 项") % {
            "said": suite.counts["not_run"], "found": suite.found["not_run"]}
    return "" if suite.found["wrong"] else suite.failed


def _cells(case: Any, stamp: str) -> dict[str, str]:
    words = (case.get("name") or "").replace("[", " ").split()
    return {"item": words[0] if words else "", "performed_at": case.get("timestamp") or stamp}


def _title(case: Any) -> str:
    return " ".join((case.get("name") or "–").split())[:60]


def _said(element: Any) -> str:
    return " ".join((element.get("message") or element.text or "").split())[:REMARK]


def _joined(*words: str) -> str:
    return "：".join(filter(None, words))[:REMARK]


def _word(text: str | None) -> str:
    """A word as it is compared: small letters without blanks, hyphens and underscores."""
    return re.sub(r"[\s_-]", "", text or "").lower()


def _local(tag: Any) -> str:
    """A name without its space; comments have none."""
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else "comment"


def _walk(content: BinaryIO) -> Iterator[tuple[str, str, Any, str]]:
    """Event, name, element and the parent's name; what was seen is given up at once."""
    path: list[Any] = []
    for event, element in iterparse(_Legible(content), events=("start", "end")):
        name = _local(element.tag)
        if event == "start":
            if name in NESTED or name in ROOTS:
                _name_plainly(element)
            yield event, name, element, _local(path[-1].tag) if path else ""
            path.append(element)
            continue
        path.pop()
        parent = _local(path[-1].tag) if path else ""
        yield event, name, element, parent
        if parent in ROOTS or not path:
            element.clear()
            if path:
                path[-1].remove(element)


def _name_plainly(element: Any) -> None:
    """Attributes by small names without their space: Status and x:status are status."""
    for name in list(element.keys()):
        if (plain := _local(name)) != name:
            element.attrib.setdefault(plain, element.get(name))


class _Legible:
    """The bytes as UTF-8, whatever encoding they are in or name, without the signs that XML forbids."""

    def __init__(self, content: BinaryIO) -> None:
        content.seek(0)
        declared = DECLARED.search(content.read(200))
        name = declared[1].decode().lower() if declared else ""
        if name in ("", "utf-8", "utf8", "utf-16"):
            name = encoding_of(content)
        elif name.startswith(("gb", "x-gb", "cp936")):
            # Each is a part of the last, and programs name the smaller one.
            name = "gb18030"
        self.content = content
        self.decoder = codecs.getincrementaldecoder(name)()
        self.is_begun = False
        content.seek(0)

    def read(self, size: int = -1) -> bytes:
        """The next piece; empty at the end only."""
        while True:
            piece = self.content.read(size)
            text = CONTROLS.sub("", self.decoder.decode(piece, not piece))
            if not self.is_begun and text:
                text, self.is_begun = DECLARATION.sub("", text), True
            if text or not piece:
                return text.encode()
