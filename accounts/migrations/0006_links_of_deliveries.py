"""A short link knows for whom it was drawn."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_scopes_of_bills"),
    ]

    operations = [
        migrations.AddField(
            model_name="shortlink",
            name="delivery",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="links",
                to="accounts.delivery",
                verbose_name="delivery",
            ),
        ),
    ]
