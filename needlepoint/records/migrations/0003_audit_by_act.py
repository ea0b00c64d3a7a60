"""A signed chart finds the event of its signature without reading the whole audit trail."""

from django.db import migrations, models

from needlepoint.records import guards


class Migration(migrations.Migration):
    dependencies = [("records", "0002_guards")]
    operations = guards.around(
        migrations.AddIndex("auditevent", models.Index(fields=["act", "subject"], name="audit_by_act")),
    )
