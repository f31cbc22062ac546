"""The house rules hold in this tree, and each of them fails on a planted violation."""

from __future__ import annotations

from pathlib import Path
from weakref import ReferenceType

import pytest
from django.apps import apps
from django.db import models
from django.db.models import signals
from django.test.utils import isolate_apps

from tests.architecture import upward_relations, violations

ROOT = Path(__file__).resolve().parent.parent
WIRES = (signals.pre_init, signals.post_init, signals.pre_save, signals.post_save, signals.pre_delete,
         signals.post_delete, signals.m2m_changed)
# A file, what is planted in it, and a part of the sentence that must name it.
PLANTED = [
    ("products/suits/__init__.py", "", "neither a topic nor a part of an app"),
    ("products/extra.py", "", "neither a topic nor a part of an app"),
    ("members/clubs/models.py", "", "neither a topic nor a part of an app"),
    ("products/orders/utils.py", "", "utils has no place in LAYERS"),
    ("products/orders/workflow.py", "", "workflow has no place in LAYERS"),
    ("products/orders/workflow/__init__.py", "", "workflow has no place in LAYERS"),
    ("products/orders/adapters.py", "", "adapters has no place in LAYERS"),
    ("products/orders/services/helpers.py", "", "a name that says nothing"),
    ("products/orders/list.json", "", "belong under products/orders/data/"),
    ("products/orders/data/loader.py", "", "data folders hold no code"),
    ("products/lab/models.py", "", "keeps no records"),
    ("products/portal/services/__init__.py", "", "keeps no records"),
    ("templates/products/suits/list.html", "", "mirrors no topic"),
    ("tests/products/suits/test_list.py", "", "mirrors no topic"),
    ("wapicert/mail.py", "", "decide whether topics may import it"),
    ("wapicert/canonical.py", "from members.people.models import User", "the kernel knows no topic"),
    ("products/orders/selectors.py", "from wapicert.settings import DATA_DIR", "wiring; topics may import only"),
    ("products/orders/selectors.py", "from wapicert import celery_app", "wiring; topics may import only"),
    ("products/orders/models.py", "from products.results.models import Attempt", "orders does not stand above results"),
    ("products/orders/services/drafts.py", "from products.rework.services import settle_order",
     "orders does not stand above rework"),
    ("products/orders/models.py", "from products.results import models", "orders does not stand above results"),
    ("products/suites/selectors.py", "from products.equipment.models import Tool",
     "suites does not stand above equipment"),
    ("members/companies/services.py", "from members.people.models import User",
     "companies does not stand above people"),
    ("members/history/models.py", "from members.numbering.models import Series",
     "history does not stand above numbering"),
    ("members/people/services.py", "from products.orders.models import Order", "members must not know products"),
    ("members/people/views.py", "import products.orders.views", "members must not know products"),
    ("products/orders/models.py", "from products.orders.selectors import plan_of", "models stands below selectors"),
    ("products/orders/states.py", "from products.orders.models import Order", "states stands below models"),
    ("products/orders/selectors.py", "from products.orders.services import submit_order",
     "selectors stands below services"),
    ("products/orders/services.py", "from products.orders.forms import OrderForm", "services stands below forms"),
    ("products/orders/forms.py", "from products.orders.views import detail", "forms stands below views"),
    ("products/orders/api.py", "from products.portal.urls import urlpatterns", "api stands below urls"),
    ("members/people/permissions.py", "from members.people.services import find_token",
     "permissions stands below services"),
    ("products/results/services.py", "from members.people.views import home", "services stands below views"),
    ("products/orders/services.py", "from products.models import Order", "the hub is for Django only"),
    ("products/orders/services.py", "from products import models", "the hub is for Django only"),
    ("products/orders/services.py", "import products.devices", "import a module of the topic"),
    ("products/orders/services.py", "from products.devices import something", "import a module of the topic"),
    ("products/orders/services.py", "from products.apps import ProductsConfig", "neither a topic nor a leaf"),
    ("products/orders/services.py", "from .models import Order", "imports are absolute"),
    ("products/orders/services.py", "def f():\n    from products.orders.models import Order",
     "an import inside a function"),
    ("products/orders/tasks.py", "def f():\n    from products.rework.services import settle_order",
     "an import inside a function"),
    ("products/orders/services.py", "from django.db.models.signals import post_save", "signals never carry"),
    ("products/orders/models.py", "from django.dispatch import receiver", "signals never carry"),
    ("products/apps.py", "from django.db.models import signals", "signals never carry"),
    ("products/files/models.py", None, "products/models.py does not import it"),
    ("products/orders/tasks.py", "", "products/tasks.py does not import it"),
    ("products/orders/admin.py", "", "products/admin.py does not import it"),
    ("products/orders/urls/__init__.py", "", "products/urls.py does not import it"),
    ("products/migrations/0099_planted.py", "from products.orders.states import Stage", "outlives the code"),
    ("products/orders/serializers.py", "from products.results.serializers import AttemptSerializer",
     "a ring of imports"),
]
# What the rules allow, so that they are not merely strict.
ALLOWED = [
    ("products/orders/services/drafts.py", "from products.devices.services import describe_device"),
    ("products/orders/services/drafts.py", "from products.orders.services.plans import freeze"),
    ("products/orders/services.py", "from members.history.services import append_entry"),
    ("products/orders/services.py", "from products.orders import models, selectors"),
    ("products/orders/models.py", "from products.orders.querysets import OrderQuerySet"),
    ("products/orders/models.py", "from products.storage_paths import stored_file_path"),
    ("products/orders/querysets.py",
     "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from products.orders.models import Order"),
    ("products/orders/querysets.py",
     "import typing\nif typing.TYPE_CHECKING:\n    from products.rework.views import page"),
    ("products/orders/views/lists.py", "from products.rework.services import send_finding"),
    ("products/directory/selectors.py", "from products.certification.selectors import events_of"),
    ("products/suites/importing.py", "from products.suites.services import publish_edition"),
    ("products/orders/data/list.json", "{}"),
    ("products/templatetags/ui.py", "from products.orders.states import Stage"),
    ("products/management/commands/load.py", "from products.suites.importing import import_suite"),
]


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """A tree that keeps every rule: a few topics with a models module each, and hubs that know them."""
    names = {"members": ["companies", "people", "history", "numbering"],
             "products": ["files", "orders", "devices", "results", "suites"]}
    for app, topics in names.items():
        for topic in topics:
            write(tmp_path / app / topic / "models.py", "")
        write(tmp_path / app / "models.py",
              "".join(f"from {app}.{topic}.models import Thing{topic.title()}\n" for topic in topics))
    write(tmp_path / "products/results/serializers.py", "from products.orders.serializers import OrderSerializer")
    for name in ("errors", "canonical", "settings"):
        write(tmp_path / "wapicert" / f"{name}.py", "")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_tree_keeps_the_house_rules():
    assert violations(ROOT) == []


def test_the_small_tree_keeps_them_too(small_tree):
    assert violations(small_tree) == []


@pytest.mark.parametrize(("path", "text", "sentence"), PLANTED)
def test_violations_names_what_was_planted(small_tree, path, text, sentence):
    if text is None:
        hub = small_tree / "products" / "models.py"
        hub.write_text(hub.read_text().replace("from products.files.models import ThingFiles\n", ""))
    else:
        write(small_tree / path, text)
    named = [breach for breach in violations(small_tree) if sentence in breach]
    assert len(named) == 1
    place = path.split("/")[0] if sentence.startswith("neither a topic nor a part") else path.rsplit("/", 1)[0]
    assert place.replace("/", ".") in named[0].replace("/", ".")


@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_violations_finds_nothing_in_what_is_allowed(small_tree, path, text):
    write(small_tree / path, text)
    assert violations(small_tree) == []


def test_task_may_import_its_own_service_in_its_body(small_tree):
    write(small_tree / "products/orders/tasks.py", "def f():\n    from products.orders.services import expire_orders")
    write(small_tree / "products/tasks.py", "from products.orders import tasks")
    assert violations(small_tree) == []


def test_violations_ignores_what_python_compiled(small_tree):
    write(small_tree / "products/orders/__pycache__/old.cpython-311.pyc", "")
    write(small_tree / "members/__pycache__/old.cpython-311.pyc", "")
    assert violations(small_tree) == []


def test_no_foreign_key_points_to_a_higher_topic():
    assert upward_relations(apps.get_models()) == []


@isolate_apps("members", "products")
def test_upward_relations_names_planted_foreign_keys():
    def model(name: str, module: str, **fields: object) -> type:
        meta = type("Meta", (), {"app_label": module.split(".", maxsplit=1)[0]})
        return type(name, (models.Model,), {"__module__": module, "Meta": meta, **fields})

    high = model("High", "products.results.models")
    middle = model("Middle", "products.orders.models", fine=models.ForeignKey("members.Person", models.PROTECT),
                   parent=models.ForeignKey("self", models.PROTECT, related_name="+"),
                   up=models.ForeignKey(high, models.PROTECT))
    person = model("Person", "members.people.models", up=models.ForeignKey(middle, models.PROTECT))
    sideways = model("Sideways", "products.equipment.models", to=models.ManyToManyField("products.Suite"))
    suite = model("Suite", "products.suites.models")
    assert upward_relations([high, middle, person, sideways, suite]) == [
        "products.orders.models.Middle.up points up to products.results.models.High",
        "members.people.models.Person.up points up to products.orders.models.Middle",
        "products.equipment.models.Sideways.to points up to products.suites.models.Suite",
    ]


def domain_receivers() -> list[str]:
    """Receivers of model signals that live in our apps."""
    kept = [receiver[1] for wire in WIRES for receiver in wire.receivers]
    live = [receiver() if isinstance(receiver, ReferenceType) else receiver for receiver in kept]
    modules = [getattr(receiver, "__module__", "") for receiver in live]
    return [module for module in modules if module.startswith(("members.", "products.", "wapicert."))]


def test_no_signal_carries_the_domain():
    assert domain_receivers() == []


def test_domain_receivers_names_a_planted_one():
    def planted(**kwargs: object) -> None:
        """Does nothing."""

    planted.__module__ = "products.orders.services"
    signals.post_save.connect(planted)
    try:
        assert domain_receivers() == ["products.orders.services"]
    finally:
        signals.post_save.disconnect(planted)
