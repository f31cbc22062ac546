"""Records that are written once cannot be emptied at once either."""

from django.db import migrations

from wapicert.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("products", "0009_reports_amended")]
    operations = [
        AppendOnly("products_attempt"),
        AppendOnly("products_attemptact"),
        AppendOnly("products_certificationevent"),
    ]
