"""Parts of stored files, for those who may see the whole."""

import pytest
from django.urls import reverse

from products.files.services import store_file
from tests.factories.files import upload

pytestmark = pytest.mark.django_db
CONTENT = b"0123456789\n"


@pytest.fixture
def address(cast):
    return reverse("api-file", args=[store_file(upload=upload("run.log", CONTENT), actor=cast.tester).pk])


@pytest.mark.parametrize(("wanted", "status", "content", "where"), [
    ("bytes=2-4", 206, b"234", "bytes 2-4/11"), ("bytes=8-", 206, b"89\n", "bytes 8-10/11"),
    ("bytes=-3", 206, b"89\n", "bytes 8-10/11"), ("bytes=0-99", 206, CONTENT, "bytes 0-10/11"),
    ("bytes=-99", 206, CONTENT, "bytes 0-10/11"), ("bytes=11-", 416, b"", "bytes */11"),
    ("bytes=-0", 416, b"", "bytes */11"), ("bytes=-", 416, b"", "bytes */11"), ("bytes=4-2", 416, b"", "bytes */11"),
    ("bytes=0-1,3-4", 200, CONTENT, None), ("lines=1-2", 200, CONTENT, None),
])
def test_get_of_a_range_sends_this_part_alone(client, cast, address, wanted, status, content, where):
    client.force_login(cast.tester)
    answer = client.get(address, headers={"Range": wanted})
    assert (answer.status_code, answer.getvalue(), answer.headers.get("Content-Range")) == (status, content, where)


def test_get_of_a_range_by_a_stranger_finds_nothing(client, cast, address):
    client.force_login(cast.stranger)
    assert client.get(address, headers={"Range": "bytes=0-1"}).status_code == 404
