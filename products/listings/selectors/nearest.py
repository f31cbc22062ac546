"""Models that are spelt like what was searched in vain, found by the index through pieces of the word."""

from __future__ import annotations

from difflib import SequenceMatcher

from products.listings.querysets import TRIGRAM, Terms, normalise
from products.listings.selectors.statements import models_holding

CANDIDATES = 200
SUGGESTED = 5
# Less alike than this is no help.
LEAST_ALIKE = 0.5
LONGEST_WORD = 40


def nearest_models(query: str) -> list[str]:
    """Up to five models, the most alike first, each spelt as it was listed; none for words in Chinese alone."""
    words = sorted((normalise(word)[:LONGEST_WORD] for word in query.split()), key=len, reverse=True)
    word = next((word for word in words if len(word) > TRIGRAM and word.isascii()), "")
    if not word:
        return []
    found = {normalise(model): model for piece in pieces(word)
             for model in models_holding(Terms([piece], [], []), CANDIDATES)}
    ranked = sorted(((likeness(word, model), model) for model in found), reverse=True)
    return [found[model] for alike, model in ranked[:SUGGESTED] if alike >= LEAST_ALIKE]


def pieces(word: str) -> list[str]:
    """The halves of a word and what overlaps both: one wrong letter leaves at least one of them right."""
    half = max(len(word) // 2, TRIGRAM)
    middle = (len(word) - half) // 2
    return list(dict.fromkeys([word[:half], word[-half:], word[middle : middle + half]]))


def likeness(word: str, model: str) -> float:
    """From 0 to 1, how much of the word is in the model in its order."""
    return SequenceMatcher(None, word, model, autojunk=False).ratio()

