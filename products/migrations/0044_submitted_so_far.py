"""Give orders handed in so far their own copy, and devices applied for so far their identity.

What was submitted was not kept by itself: the copy is made from the declaration that was frozen at acceptance, else
from the device's record as it stands, and `source` says which ("acceptance", "device").
"""

from django.db import migrations
from django.db.models import Min

TEXTS = ("name_zh", "name_en", "model", "manufacturer", "factory")
COMPANY = ("number", "name_zh", "name_en", "uscc", "foreign_identifier", "address_zh", "address_en")


def copy_of(order):
    frozen = order.frozen_declaration
    if frozen and "device" in frozen:
        kept = {name: value for name, value in frozen.items() if name not in ("features", "declared_features")}
        return {**kept, "features": frozen.get("declared_features", {}), "source": "acceptance"}
    device, company = order.device, order.company
    return {
        **order.declaration, "source": "device", "specification": device.specification,
        "device": {"device_type": device.device_type.code, "predecessor": None,
                   **{name: getattr(device, name) for name in TEXTS}},
        "company": {name: getattr(company, name) for name in COMPANY},
    }


def keep(apps, schema_editor):
    orders = apps.get_model("products", "Order").objects
    devices = apps.get_model("products", "Device").objects
    handed_in = orders.filter(submitted_at__isnull=False)
    for order in handed_in.select_related("device__device_type", "company").iterator(chunk_size=500):
        order.submitted_declaration = copy_of(order)
        order.save(update_fields=["submitted_declaration"])
    first = handed_in.exclude(stage="returned").order_by().values_list("device").annotate(Min("submitted_at"))
    for device, moment in first.iterator(chunk_size=500):
        devices.filter(pk=device).update(fixed_at=moment)


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0043_orders_keep_what_was_submitted'),
    ]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop, elidable=True)]
