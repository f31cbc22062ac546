"""The history cannot be emptied at once either."""

from django.db import migrations

from wapicert.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("members", "0003_names_of_fields")]
    operations = [AppendOnly("members_entry")]
