"""Keys may be given the scopes of bills."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_ways_of_paying")]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("relationships:read", "See relationships and invitations"),
                        ("relationships:write", "Invite, change and dissolve"),
                        ("funds:read", "See balances and fund flow"),
                        ("funds:write", "Allot, recall, top up"),
                        ("bills:read", "See bills, orders, statements"),
                        ("bills:write", "Order, confirm, repay, plan"),
                    ],
                    max_length=40,
                ),
                size=None,
                verbose_name="scopes",
            ),
        ),
    ]
