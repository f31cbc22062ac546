"""The app of what is tested: from an application to the public directory."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class ProductsConfig(AppConfig):
    name = "products"
    verbose_name = _("产品与测试")

    def ready(self) -> None:
        """Let `manage.py check --deploy` ask for what every report of a public site prints."""
        # By its name, since topics cannot be imported before the app is ready.
        check = import_string("products.reports.selectors.site.laboratory_of_a_public_site")
        register(check, Tags.security, deploy=True)
