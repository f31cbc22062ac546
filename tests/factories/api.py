"""A client of the API, signed in as one person."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from rest_framework.test import APIClient

from members.people.models import User


class Api:
    """Sends JSON to addresses below /api/v1/ and gives the answers back."""

    def __init__(self, user: User | None = None, **headers: str) -> None:
        self.user, self.headers = user, headers
        self.client = APIClient()

    def send(
        self, method: str, path: str, body: Any = None, *, version: int | str | None = None, key: str | None = None,
        form: str = "json", **headers: str,
    ) -> Any:
        """`version` becomes If-Match, `key` becomes Idempotency-Key; roles are read anew for every request."""
        if self.user is not None:
            self.client.force_authenticate(User.objects.get(pk=self.user.pk))
        sent = {**self.headers, **headers}
        if version is not None:
            sent["If-Match"] = f'"{version}"' if isinstance(version, int) else version
        if key is not None:
            sent["Idempotency-Key"] = key
        call = getattr(self.client, method)
        address = path if path.startswith("/") else f"/api/v1/{path}"
        answer = call(address, headers=sent) if method == "get" else call(address, body, format=form, headers=sent)
        # A file is read to its end, which closes it.
        answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer

    def get(self, path: str, **options: Any) -> Any:
        return self.send("get", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.send("post", path, {} if body is None else body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Any:
        return self.send("patch", path, body, **options)


def row_counts() -> dict[str, int]:
    """How many rows each table of the project holds; a refused request leaves them all as they were."""
    return {
        model._meta.label: model._default_manager.count()
        for app in ("members", "products") for model in apps.get_app_config(app).get_models()
    }
