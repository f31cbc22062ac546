"""How a refusal of the domain is shown on a form."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from wapicert.errors import DomainError


class Refusal(ValidationError):
    """A validation error that keeps the remedy apart from the reason."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(str(error.message), code=error.code)
        self.remedy = str(error.remedy)


def show_refusal(form: BaseForm, error: DomainError) -> None:
    """Put the refusal beside the field that it names, or at the top when the form shows no such field.

    The form must be bound; what was typed stays in it.
    """
    field = form.fields.get(error.field or "")
    is_shown = field is not None and not field.widget.is_hidden
    form.add_error(error.field if is_shown else None, Refusal(error))
