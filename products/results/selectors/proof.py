"""Proves that results are what was recorded: their digests stand in the history since."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from members.history.selectors import entries_of
from products.orders.models import Order
from products.results.models import Attempt
from products.results.selectors.timeline import DIGEST_FORMS, digest_of_attempts

RECORDING = ["results.recorded", "result.corrected"]


def attempts_not_as_recorded() -> Iterator[tuple[Order, list[Attempt]]]:
    """The batches whose digest no entry of their order's history names, and entries whose batch is gone (no rows).

    A batch is what one person recorded at one moment; a correction is a batch of one.
    """
    for order in Order.objects.filter(plan__attempts__isnull=False).distinct().order_by("pk").iterator():
        acts = entries_of(order.chain).filter(act__in=RECORDING).values_list("after__digest", "after__digest_form")
        # Entries of form 1 do not name it.
        told = {(digest, form or 1) for digest, form in acts}
        rows = Attempt.objects.filter(plan_item__order=order).select_related(
            "plan_item", "version__hardware", "version__firmware", "tool", "recorded_by", "rig")
        for _key, batch in groupby(sorted(rows, key=_batch), key=_batch):
            attempts = list(batch)
            forms = ((digest_of_attempts(attempts, form), form) for form in DIGEST_FORMS)
            named = next((one for one in forms if one in told), None)
            if named is None:
                yield order, attempts
            else:
                told.discard(named)
        yield from ((order, []) for _named in told)


def _batch(row: Attempt) -> tuple[object, ...]:
    return row.recorded_at, row.recorded_by_id, row.pk if row.revision > 1 else 0
