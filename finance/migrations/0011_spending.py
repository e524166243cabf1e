"""Totals of bill lines by day, and exports of other things than the fund flow."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SPEND = Path(__file__).resolve().parent.parent / "sql" / "spend.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_drop_relationship_mode'),
        ('finance', '0010_reseller_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='Spend',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('category', models.CharField(choices=[('use', 'Usage'), ('new', 'New order'), ('renew', 'Renewal'), ('modify', 'Change'), ('refund', 'Refund'), ('adjust', 'Adjustment')], max_length=8, verbose_name='kind')),
                ('day', models.DateField(verbose_name='day')),
                ('lines', models.IntegerField(verbose_name='lines')),
                ('gross', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='list price')),
                ('covered', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='covered by commitments')),
                ('discount', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='discount')),
                ('rounding', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='rounded off')),
                ('coupon', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='coupon')),
                ('payable', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='payable')),
                ('voucher', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='vouchers')),
                ('cash', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='cash')),
                ('credit', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='credit')),
                ('outstanding', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='unpaid when billed')),
            ],
            options={
                'verbose_name': 'spend',
                'verbose_name_plural': 'spend',
                'db_table': 'finance_spend',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='DaySum',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('category', models.CharField(choices=[('use', 'Usage'), ('new', 'New order'), ('renew', 'Renewal'), ('modify', 'Change'), ('refund', 'Refund'), ('adjust', 'Adjustment')], max_length=8, verbose_name='kind')),
                ('day', models.DateField(verbose_name='day')),
                ('lines', models.IntegerField(verbose_name='lines')),
                ('gross', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='list price')),
                ('covered', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='covered by commitments')),
                ('discount', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='discount')),
                ('rounding', models.DecimalField(decimal_places=8, max_digits=24, verbose_name='rounded off')),
                ('coupon', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='coupon')),
                ('payable', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='payable')),
                ('voucher', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='vouchers')),
                ('cash', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='cash')),
                ('credit', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='credit')),
                ('outstanding', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='unpaid when billed')),
            ],
            options={
                'verbose_name': 'sum of a day',
                'verbose_name_plural': 'sums of days',
            },
        ),
        migrations.AddField(
            model_name='export',
            name='subject',
            field=models.CharField(choices=[('flows', 'Fund flow'), ('bills', 'Bill lines'), ('focus', 'Bill lines in FOCUS columns')], default='flows', max_length=8, verbose_name='contents'),
        ),
        migrations.AddField(
            model_name='statement',
            name='summed',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='summed by day'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('subject__in', ['flows', 'bills', 'focus'])), name='export_subject_known'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'draft'), _negated=True), ('summed', False), _connector='OR'), name='statement_summed_when_closed'),
        ),
        migrations.AddField(
            model_name='daysum',
            name='owner',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account', verbose_name='used by'),
        ),
        migrations.AddField(
            model_name='daysum',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='finance.product', verbose_name='product'),
        ),
        migrations.AddField(
            model_name='daysum',
            name='statement',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='day_sums', to='finance.statement', verbose_name='statement'),
        ),
        migrations.RunSQL(SPEND.read_text(), "DROP VIEW finance_spend; DROP FUNCTION bill_day"),
    ]
