"""Which records count for figures."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from products.results.models import Attempt, AttemptAct
from products.results.states import ActKind, Verdict

PASSED_OR_FAILED = (Verdict.PASS, Verdict.FAIL)
ENDS = (ActKind.SUPERSEDED, ActKind.INVALIDATED)


def attempts_counting() -> QuerySet[Attempt]:
    """Records that a second pair of eyes confirmed and that were neither corrected nor thrown out since."""
    acts = AttemptAct.objects.filter(attempt=OuterRef("pk"))
    return Attempt.objects.filter(Exists(acts.filter(kind=ActKind.VERIFIED)), ~Exists(acts.filter(kind__in=ENDS)))
