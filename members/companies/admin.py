"""Company records in Django's admin: a company is registered before its users get accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest

from members.companies.models import Company
from members.companies.services import clean_uscc, register_company
from wapicert.errors import DomainError
from wapicert.forms import TextsCleaned

FIELDS: Any = ["name_zh", "short_name_zh", "name_en", "uscc", "foreign_identifier", "address_zh", "address_en",
               "membership"]


class CompanyForm(TextsCleaned, ModelForm):  # type: ignore[type-arg]  # generic at type-checking time only
    """A new company; its 统一社会信用代码 is checked as everywhere."""

    class Meta:
        model = Company
        fields = FIELDS

    def clean_uscc(self) -> str | None:
        """The normalised code, or none for a foreign company."""
        typed = self.cleaned_data.get("uscc")
        if not typed:
            return None
        try:
            return clean_uscc(typed)
        except DomainError as error:
            raise ValidationError(str(error), code=error.code) from error


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic at type-checking time only
    """Companies: registered here, shown here; names and code are changed by the laboratory and the company."""

    list_display = ["number", "name_zh", "uscc", "membership", "is_demonstration"]
    search_fields = ["number", "name_zh", "name_en", "uscc"]
    form = CompanyForm
    fields = FIELDS

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return FIELDS if obj else []

    def save_model(self, request: HttpRequest, obj: Company, form: ModelForm[Company], change: bool) -> None:
        if not change:
            assert request.user.is_authenticated
            obj.pk = register_company(actor=request.user, **form.cleaned_data).pk
