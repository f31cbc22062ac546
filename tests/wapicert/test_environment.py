"""Readers of variables: typed, and loud about what they cannot read."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from wapicert import environment as env


def test_text_reads_value_default_and_file(monkeypatch, tmp_path):
    assert env.text("PLANTED", "default") == "default"
    monkeypatch.setenv("PLANTED", "value")
    assert env.text("PLANTED", "default") == "value"
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("PLANTED_FILE", str(tmp_path / "secret"))
    assert env.text("PLANTED", "default") == "from the file"


@pytest.mark.parametrize(("raw", "value"), [("1", True), ("Yes", True), (" on ", True), ("0", False), ("FALSE", False)])
def test_flag_reads_yes_and_no(monkeypatch, raw, value):
    assert env.flag("PLANTED", not value) is not value
    monkeypatch.setenv("PLANTED", raw)
    assert env.flag("PLANTED", not value) is value


def test_number_and_words_read_what_they_should(monkeypatch):
    assert (env.number("PLANTED", 8), env.words("PLANTED", "a, b,,")) == (8, ["a", "b"])
    monkeypatch.setenv("PLANTED", "12")
    assert (env.number("PLANTED", 8), env.words("PLANTED", "")) == (12, ["12"])


@pytest.mark.parametrize(("name", "raw", "read"), [
    ("PLANTED", "maybe", lambda: env.flag("PLANTED", True)),
    ("PLANTED", "", lambda: env.flag("PLANTED", True)),
    ("PLANTED", "ten", lambda: env.number("PLANTED", 1)),
    ("PLANTED", "1.5", lambda: env.number("PLANTED", 1)),
    ("PLANTED", "-1", lambda: env.number("PLANTED", 1)),
    ("PLANTED", "4", lambda: env.number("PLANTED", 8, least=5)),
    ("PLANTED_FILE", "/there/is/no/such/file", lambda: env.text("PLANTED", "")),
])
def test_unreadable_variable_is_refused_by_its_name(monkeypatch, name, raw, read):
    monkeypatch.setenv(name, raw)
    with pytest.raises(ImproperlyConfigured, match=name):
        read()
