"""No row that is written once is replaced by another under its number or place either (SQLite's INSERT OR REPLACE)."""

from django.db import migrations

from wapicert.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("products", "0037_files_by_sm3")]
    operations = [
        AppendOnly("products_attempt"),
        AppendOnly("products_attemptact"),
        AppendOnly("products_certificationevent"),
        AppendOnly("products_rework_finding"),
        AppendOnly("products_rework_answer"),
        AppendOnly("products_rework_answer_files"),
        AppendOnly("products_scope"),
        AppendOnly("products_scopeline"),
        AppendOnly("products_rework_message"),
        AppendOnly("products_listingchange"),
        AppendOnly("products_formeraddress"),
    ]
