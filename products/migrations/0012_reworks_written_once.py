"""What was sent, answered and signed in a rework is written once."""

from django.db import migrations

from wapicert.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("products", "0011_reports_signing")]
    operations = [
        AppendOnly("products_rework_finding"),
        AppendOnly("products_rework_answer"),
        AppendOnly("products_rework_answer_files"),
        AppendOnly("products_scope"),
        AppendOnly("products_scopeline"),
    ]
