"""Keys for books."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_set_scopes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('relationships:read', 'See relationships and invitations'), ('relationships:write', 'Invite, change and dissolve'), ('funds:read', 'See balances and fund flow'), ('funds:write', 'Allot, recall, top up'), ('bills:read', 'See bills, orders, statements'), ('bills:write', 'Order, confirm, repay, plan'), ('invoices:read', 'See titles, invoices and requests for them'), ('invoices:write', 'Ask for invoices'), ('sets:read', 'See account sets and their users'), ('sets:write', 'Create account sets and manage their users'), ('books:read', 'See vouchers and reports of account sets'), ('books:write', 'Write vouchers of account sets')], max_length=40), size=None, verbose_name='scopes'),
        ),
    ]
