"""What a search without hits is answered with: what was searched, the nearest models, how to widen it."""

from __future__ import annotations

from typing import Any

from products.directory.views.lines import number_written
from products.directory.views.panel import labels_of, linked, pairs_of, without
from products.listings.filters import ListingFilter
from products.listings.querysets import words_of
from products.listings.selectors import Answer, Question, answer, nearest_models

# What each of the first words would find alone.
WORDS_EXPLAINED = 5


def ways_out(asked: ListingFilter, found: Answer) -> dict[str, Any]:
    """Each word with the number of listings that it alone would find, filters to lift, and models spelt alike."""
    query = asked.values.get("q") or ""
    return {
        "words": [explained(word) for word in query.split() if words_of(word)][:WORDS_EXPLAINED],
        "filters": lifted(asked, found),
        "models": [{"model": model, "href": linked([("q", model)])} for model in nearest_models(query)],
    }


def explained(word: str) -> dict[str, Any]:
    """A word, how many listings hold it, and the search for it alone."""
    alone = answer(Question(query=word, size=1))
    return {"word": word, "count": alone.total, "href": linked([("q", word)]),
            "written": number_written(alone.total, is_exact=alone.is_total_exact)}


def lifted(asked: ListingFilter, found: Answer) -> list[dict[str, Any]]:
    """The facets whose selection alone stands in the way, with what would be found without it."""
    base = pairs_of(asked)
    return [
        {"label": asked.filters[facet].label, "href": linked(without(base, facet)),
         "values": [labels_of(asked, facet)[value] for value in asked.selections[facet]],
         "written": number_written(number, is_exact=found.is_exact)}
        for facet, number in found.without.items() if number
    ]
