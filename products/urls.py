"""Hub of the addresses: each topic with pages or endpoints brings its own."""

from django.urls import URLPattern, URLResolver

from products.certification import urls as certification
from products.devices import urls as devices
from products.directory import urls as directory
from products.equipment import urls as equipment
from products.failures import urls as failures
from products.files import urls as files
from products.insight import urls as insight
from products.lab import urls as lab
from products.open_data import urls as open_data
from products.orders import urls as orders
from products.portal import urls as portal
from products.reports import urls as reports
from products.results import urls as results
from products.retention import urls as retention
from products.rework import urls as rework
from products.subscriptions import urls as subscriptions
from products.suites import urls as suites
from products.webhooks import urls as webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    *files.urlpatterns,
    *devices.urlpatterns,
    *suites.urlpatterns,
    *directory.urlpatterns,
    *open_data.urlpatterns,
    *subscriptions.urlpatterns,
    *equipment.urlpatterns,
    *insight.urlpatterns,
    *orders.urlpatterns,
    *reports.urlpatterns,
    *results.urlpatterns,
    *rework.urlpatterns,
    *certification.urlpatterns,
    *portal.urlpatterns,
    *lab.urlpatterns,
    *failures.urlpatterns,
    *retention.urlpatterns,
]
api_patterns: list[URLPattern | URLResolver] = [
    *files.api_patterns,
    *devices.api_patterns,
    *suites.api_patterns,
    *directory.api_patterns,
    *orders.api_patterns,
    *reports.api_patterns,
    *equipment.api_patterns,
    *results.api_patterns,
    *rework.api_patterns,
    *certification.api_patterns,
    *insight.api_patterns,
    *webhooks.api_patterns,
    *failures.api_patterns,
]
