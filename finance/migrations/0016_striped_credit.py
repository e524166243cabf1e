"""Credit in stripes, and what charges add to a draft statement beside each other."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

PARTS = Path(__file__).resolve().parent.parent / "sql" / "statement_parts.sql"
UNDO = "DROP TRIGGER statement_counted_in ON finance_statement; DROP FUNCTION statement_check_parts"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_drop_relationship_mode'),
        ('finance', '0015_statement_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payable', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='payable')),
                ('voucher', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='vouchers')),
                ('cash', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='cash')),
                ('credit', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='on credit')),
                ('outstanding', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='unpaid when billed')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='finance.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'part of a statement',
                'verbose_name_plural': 'parts of statements',
                'constraints': [models.CheckConstraint(condition=models.Q(('payable', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('voucher'), '+', models.F('cash')), '+', models.F('credit')), '+', models.F('outstanding')))), name='statement_part_adds_up')],
            },
        ),
        migrations.CreateModel(
            name='StripedCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('striped_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='in stripes since')),
                ('joined_at', models.DateTimeField(editable=False, null=True, verbose_name='in one piece again since')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account', verbose_name='account')),
                ('striped_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='striped by')),
            ],
            options={
                'verbose_name': 'credit in stripes',
                'verbose_name_plural': 'credit in stripes',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('joined_at__isnull', True)), fields=('account',), name='striped_credit_once')],
            },
        ),
        migrations.RunSQL(PARTS.read_text(), UNDO),
    ]
