"""The forms of test rigs; services check what was entered."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from members.people.models import User
from products.equipment.models import Tool
from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from products.orders.states import Stage
from products.results.selectors import people_for_rigs

DAYS = [("30", _("30 天")), ("90", _("90 天")), ("365", _("一年"))]


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers people by name and staff number."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and staff number."""
        return f"{obj.name} {obj.staff_number}"


class NumberedField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Offers rows by their number."""

    def label_from_instance(self, obj: Any) -> str:
        """A tool with its name, an order by its number alone."""
        return str(obj) if isinstance(obj, Tool) else str(obj.number)


def password_field() -> forms.CharField:
    """The own password again; never sent back."""
    return forms.CharField(label=_("再次输入本人密码"), required=False, strip=False, widget=forms.PasswordInput(
        attrs={"autocomplete": "current-password", "data-needed": "1"}))


class RenewForm(forms.Form):
    """How long the next token counts."""

    days = forms.TypedChoiceField(label=_("有效期"), coerce=int, initial="90", choices=DAYS)
    password = password_field()


class RigForm(forms.Form):
    """A rig: what it is, who answers for it, and what it may send."""

    number = forms.CharField(label=_("编号"), max_length=30)
    name_zh = forms.CharField(label=_("名称"), max_length=120)
    responsible = PersonField(User.objects.none(), label=_("负责人（以其名义录入）"), empty_label=None)
    tools = NumberedField(Tool.objects.filter(is_active=True), label=_("测试工具"),
                          widget=forms.CheckboxSelectMultiple)
    orders = NumberedField(
        Order.objects.none(), label=_("仅限这些委托"),
        required=False, widget=forms.CheckboxSelectMultiple, help_text=_("都不选：负责人可以录入的全部委托。"))
    days = forms.TypedChoiceField(label=_("有效期"), coerce=int, initial="90", choices=DAYS)
    password = password_field()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[User]", self.fields["responsible"])
        field.queryset = people_for_rigs(user)
        orders = cast("forms.ModelMultipleChoiceField[Order]", self.fields["orders"])
        orders.queryset = orders_visible_to(user).filter(stage__in=[Stage.ACCEPTED, Stage.TESTING]).order_by("number")
