"""Attempts, the acts on them and the public steps of certifications are written once."""

from django.db import migrations

from wapicert.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("products", "0001_what")]
    operations = [
        AppendOnly("products_attempt"),
        AppendOnly("products_attemptact"),
        AppendOnly("products_certificationevent"),
    ]
