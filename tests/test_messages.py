"""Both catalogues hold every text of the site, and English is English."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Characters of Chinese and its punctuation.
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# Names that stay Chinese in English sentences: the switch of the language, and words the alliance prints.
CHINESE_IN_ENGLISH = {"中文", "简体中文"}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The texts in sources and templates, found as `make messages` finds them."""
    keywords = re.search(r"^KEYWORDS := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert keywords
    target = tmp_path_factory.mktemp("messages") / "django.pot"
    subprocess.run([Path(sys.executable).with_name("pybabel"), "--quiet", "extract", "-F", "pyproject.toml",
                    *keywords[1].split(), "-o", target, "."], cwd=ROOT, check=True)
    with target.open("rb") as file:
        return read_po(file)


def read_catalogue(language: str) -> Catalog:
    with (ROOT / "wapicert" / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def texts(message: Message) -> list[str]:
    """All forms of a translation."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def name(message: Message) -> tuple[str, str]:
    """What tells messages apart: the singular and the context."""
    return (message.id if isinstance(message.id, str) else message.id[0], message.context or "")


def named(catalogue: Catalog) -> dict[tuple[str, str], Message]:
    return {name(message): message for message in catalogue if message.id}


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_read_catalogue_holds_every_text_and_no_other(wanted, language):
    assert sorted(named(read_catalogue(language))) == sorted(named(wanted))


def test_read_english_catalogue_translates_every_text():
    unfinished = [key for key, message in named(read_catalogue("en")).items()
                  if message.fuzzy or not all(texts(message))]
    assert unfinished == []


def test_read_chinese_catalogue_has_nothing_fuzzy():
    assert [key for key, message in named(read_catalogue("zh_Hans")).items() if message.fuzzy] == []


def test_read_english_catalogue_has_no_chinese():
    left = [text for message in named(read_catalogue("en")).values() for text in texts(message)
            if HAN.search(text) and text not in CHINESE_IN_ENGLISH]
    assert left == []


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_read_catalogue_keeps_the_placeholders(language):
    pattern = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    wrong = [key for key, message in named(read_catalogue(language)).items() for text in texts(message)
             if text and set(pattern.findall(text)) != set(pattern.findall(key[0]))]
    assert wrong == []


def test_write_text_in_sources_is_chinese(wanted):
    """Chinese is the source language; what has no Chinese character is a code or a unit and needs no catalogue."""
    assert [key for key in named(wanted) if not HAN.search(key[0])] == []


def test_import_translation_keeps_the_names_that_extraction_knows():
    """`gettext_lazy as _lazy` would pass by the extraction in silence."""
    sources = [path for app in ("members", "products", "wapicert") for path in (ROOT / app).rglob("*.py")]
    aliases = [(path.name, alias) for path in sources
               for alias in re.findall(r"\w*gettext\w* as (\w+)", path.read_text(encoding="utf-8")) if alias != "_"]
    assert aliases == []
