"""How a refusal of the domain is shown on a form."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm, PasswordInput

from wapicert.errors import DomainError
from wapicert.texts import clean_text


class Refusal(ValidationError):
    """A validation error that keeps the remedy apart from the reason."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(str(error.message), code=error.code)
        self.remedy = str(error.remedy)


class TextsCleaned(BaseForm):
    """A form of which every text is asked for what the services would refuse, so that it is said beside its field.

    Forms that show the service's own refusal (`show_refusal`) need it not.
    """

    def clean(self) -> dict[str, Any] | None:
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and not isinstance(self.fields[name].widget, PasswordInput):
                try:
                    self.cleaned_data[name] = clean_text(value, field=name)
                except DomainError as error:
                    self.add_error(name, Refusal(error))
        return super().clean()


def show_refusal(form: BaseForm, error: DomainError) -> None:
    """Put the refusal beside the field that it names, or at the top when the form shows no such field.

    The form must be bound; what was typed stays in it.
    """
    field = form.fields.get(error.field or "")
    is_shown = field is not None and not field.widget.is_hidden
    form.add_error(error.field if is_shown else None, Refusal(error))
