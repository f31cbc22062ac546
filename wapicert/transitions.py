"""The shape of a table of transitions, and the one check that refuses a step out of order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict


@dataclass(frozen=True)
class Transition:
    """One verb: the states it may start from, the state it leads to (None: the service says), and who may do it.

    No roles means that the system does it by itself.
    """

    sources: frozenset[str]
    target: str | None
    roles: frozenset[str] = frozenset()


class IllegalTransition(Conflict):
    """A step out of order; names the state and the verbs that it does allow."""

    code = "illegal_transition"
    message = _("当前状态不允许此操作。")


def step(sources: Iterable[str], target: str | None, *roles: str) -> Transition:
    """A row of a table of transitions."""
    return Transition(frozenset(sources), target, frozenset(roles))


def require_transition(table: Mapping[str, Transition], verb: str, state: str, label: Any) -> Transition:
    """The row for `verb`, if it may start from `state` (whose name is `label`); otherwise raises IllegalTransition."""
    transition = table[verb]
    if state not in transition.sources:
        raise IllegalTransition(
            field="state",
            remedy=_("当前状态为“%(state)s”，请刷新页面后按当前状态操作。") % {"state": label},
            extra={"state": state, "allowed": sorted(v for v, row in table.items() if state in row.sources)},
        )
    return transition
