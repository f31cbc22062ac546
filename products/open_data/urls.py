"""Addresses of open data; those without a number lead to the newest release for ever."""

from django.urls import path, re_path

from products.open_data import views

FILE = r"(?P<name>listings\.(?:csv|jsonl|xlsx|sqlite))"
urlpatterns = [
    path("open-data/", views.open_data_page, name="open-data"),
    path("open-data/manifest.json", views.manifest, name="open-data-manifest"),
    path("open-data/manifest.jws", views.manifest_signature, name="open-data-signature"),
    path("open-data/schema.json", views.schema, name="open-data-schema"),
    re_path(rf"^open-data/{FILE}$", views.newest_file, name="open-data-newest"),
    re_path(rf"^open-data/(?P<number>\d{{1,18}})/{FILE}$", views.release_file, name="open-data-file"),
]
