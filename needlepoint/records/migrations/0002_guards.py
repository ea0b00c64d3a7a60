"""The guards of the records, as the database enforces them."""

from django.db import migrations

from needlepoint.records import guards


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = guards.around()
