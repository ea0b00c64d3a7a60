"""The session room: more of the clock, co-signatures, addenda, and charts struck on the wrong patient."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from needlepoint.records import guards


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_protocols"),
    ]

    operations = guards.around(
        migrations.CreateModel(
            name="CoSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("meaning", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SessionAddendum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("key", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SessionStrike",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="treatmentsession",
            name="session_open_once_a_course",
        ),
        migrations.AddField(
            model_name="clinic",
            name="cosign_every",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sessionarea",
            name="bleeding",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="treatmentsession",
            name="cooled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="treatmentsession",
            name="cosign_because",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="treatmentsession",
            name="left_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="treatmentsession",
            name="no_photo_reason",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="treatmentsession",
            name="numbing_area_cm2",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="treatmentsession",
            name="struck_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="sessionarea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bleeding", ""), ("bleeding__in", ["none", "pinpoint", "oozing", "more"]), _connector="OR"
                ),
                name="bleeding_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="treatmentsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("numbing_area_cm2__isnull", True),
                    models.Q(("numbing_area_cm2__gt", 0), ("numbing_area_cm2__lte", 9999)),
                    _connector="OR",
                ),
                name="numbing_area_possible",
            ),
        ),
        migrations.AddIndex(
            model_name="treatmentsession",
            index=models.Index(
                condition=models.Q(("cosign_because", ""), _negated=True),
                fields=["signed_at"],
                name="session_to_cosign",
            ),
        ),
        migrations.AddConstraint(
            model_name="treatmentsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("signed_at__isnull", True), ("struck_at__isnull", True)),
                fields=("course",),
                name="session_open_once_a_course",
            ),
        ),
        migrations.AddField(
            model_name="cosignature",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cosignature",
            name="session",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="cosignature", to="records.treatmentsession"
            ),
        ),
        migrations.AddField(
            model_name="sessionaddendum",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sessionaddendum",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="addenda", to="records.treatmentsession"
            ),
        ),
        migrations.AddField(
            model_name="sessionstrike",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sessionstrike",
            name="continued_as",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="continues",
                to="records.treatmentsession",
            ),
        ),
        migrations.AddField(
            model_name="sessionstrike",
            name="session",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="strike", to="records.treatmentsession"
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionaddendum",
            constraint=models.UniqueConstraint(fields=("session", "key"), name="addendum_taken_once"),
        ),
        migrations.AddConstraint(
            model_name="sessionaddendum",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="addendum_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionstrike",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="strike_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="sessionstrike",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("continued_as__isnull", True),
                    models.Q(("continued_as", models.F("session")), _negated=True),
                    _connector="OR",
                ),
                name="strike_leads_elsewhere",
            ),
        ),
    )
