"""The history is written once."""

from django.db import migrations

from wapicert.database import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("members", "0001_who")]
    operations = [AppendOnly("members_entry")]
