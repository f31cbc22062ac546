"""Makes a release of open data: the files, their digests, a signed manifest; removes old ones."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from products.files.selectors import digests_of
from products.listings.selectors import directory_version
from products.open_data.errors import ReleaseInTheMaking
from products.open_data.models import Release, ReleaseFile
from products.open_data.rendering import write_files
from products.open_data.selectors import COLUMNS, NAMES, public_rows, releases_broken_off, releases_published
from products.open_data.states import MEDIA_TYPES, Format, ReleaseState
from products.reports.signing import signed_json


def publish_open_data(*, count: Callable[[], Any] = lambda: None) -> Release:
    """Publish everything that the directory shows now, in every form, and remove releases beyond OPEN_DATA_KEPT.

    Files are written first and the release appears with all of them at once. Refuses while another one is made; one
    that broke off is taken out of the way. `count` is called after each row.
    """
    release, files = _begin(), list[ReleaseFile]()
    try:
        with tempfile.TemporaryDirectory(prefix="open-data-") as folder:
            release.directory_version = directory_version()
            release.rows, paths = write_files(public_rows(), NAMES, Path(folder), count)
            files.extend(_store(release, form, path) for form, path in paths.items())
        _finish(release, files)
    except BaseException:
        for file in files:
            file.content.delete(save=False)
        Release.objects.filter(pk=release.pk).update(state=ReleaseState.FAILED)
        raise
    _remove_old()
    return release


def _begin() -> Release:
    """The row that keeps a second release from being made at the same time."""
    releases_broken_off().update(state=ReleaseState.FAILED)
    try:
        with transaction.atomic():
            return Release.objects.create()
    except IntegrityError as error:
        raise ReleaseInTheMaking from error


def _store(release: Release, form: Format, path: Path) -> ReleaseFile:
    """A file in the storage with its digests; its row is written with the release."""
    with path.open("rb") as handle:
        content = File(handle, name=path.name)
        sha256, sm3 = digests_of(content)
        file = ReleaseFile(release=release, format=form, name=path.name, media_type=MEDIA_TYPES[form],
                           size=path.stat().st_size, sha256=sha256, sm3=sm3)
        file.content.save(path.name, content, save=False)
    return file


@transaction.atomic
def _finish(release: Release, files: list[ReleaseFile]) -> None:
    ReleaseFile.objects.bulk_create(files)
    release.state, release.published_at = ReleaseState.PUBLISHED, timezone.now()
    release.manifest = manifest_of(release, files)
    release.manifest_jws = signed_json(release.manifest)
    release.save(update_fields=["state", "published_at", "directory_version", "rows", "manifest", "manifest_jws"])


def manifest_of(release: Release, files: list[ReleaseFile]) -> dict[str, Any]:
    """What a release vouches for: when, how many rows, under which licence, and each file's digests."""
    assert release.published_at is not None
    return {
        "publisher": settings.PUBLIC_URL, "published_at": release.published_at.isoformat(timespec="seconds"),
        "directory_version": release.directory_version, "rows": release.rows,
        "licence": settings.OPEN_DATA_LICENCE or None, "columns": [column.name for column in COLUMNS],
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256, "sm3": file.sm3} for file in files],
    }


def _remove_old() -> None:
    """Remove what is beyond OPEN_DATA_KEPT, files first, and what broke off."""
    kept = list(releases_published().values_list("pk", flat=True)[: settings.OPEN_DATA_KEPT])
    for release in Release.objects.exclude(pk__in=kept).exclude(state=ReleaseState.MAKING):
        for file in release.files.all():
            file.content.delete(save=False)
        release.delete()
