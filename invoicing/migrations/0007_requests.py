"""Which statements were collected, and the tax item of products that have none of their own."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def add_default_item(apps: Any, _editor: Any) -> None:
    """Cloud services, 6 %."""
    item = apps.get_model("invoicing", "TaxItem")
    if not item.objects.filter(is_default=True).exists():
        facts = {"class_code": "3040201010000000000", "class_name": "信息技术服务", "rate": "0.06"}
        item.objects.create(name="云服务费", is_default=True, **facts)


class Migration(migrations.Migration):
    dependencies = [
        ("finance", "0013_trust_months"),
        ("invoicing", "0006_changes_between_accounts"),
    ]
    operations = [
        migrations.CreateModel(
            name="CollectedStatement",
            fields=[
                (
                    "statement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="finance.statement",
                        verbose_name="statement",
                    ),
                ),
                ("collected_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="collected")),
            ],
            options={"verbose_name": "collected statement", "verbose_name_plural": "collected statements"},
        ),
        migrations.AddField(
            model_name="invoicerequest",
            name="content",
            field=models.JSONField(default=dict, verbose_name="content"),
        ),
        migrations.RunPython(add_default_item, migrations.RunPython.noop),
    ]
