"""Vouchers of stock documents, and the rights of stock for the groups of sets that are there already."""

from django.db import migrations, models

GROUPS = """
UPDATE books_usergroup g SET rights = g.rights || more.rights::varchar[]
FROM (VALUES ('administrators', ARRAY['stock_view', 'stock_enter', 'stock_post']),
             ('accountants', ARRAY['stock_view', 'stock_enter', 'stock_post']),
             ('bookkeepers', ARRAY['stock_view', 'stock_enter', 'stock_post']),
             ('auditors', ARRAY['stock_view']),
             ('default', ARRAY['stock_view'])) more (key, rights)
WHERE g.key = more.key AND NOT g.rights && more.rights::varchar[];
INSERT INTO books_usergroup (account_set_id, key, name, rights)
SELECT account_set_id, 'storekeepers', '购销与仓管人员', ARRAY['stock_view', 'stock_enter'] FROM books_books
ON CONFLICT (account_set_id, key) DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("books", "0003_audits")]

    operations = [
        migrations.AlterField(
            model_name="voucher",
            name="kind",
            field=models.CharField(
                choices=[
                    ("entered", "Entered"),
                    ("carry_over", "Carrying over"),
                    ("reversal", "Reversal"),
                    ("stock", "From stock documents"),
                ],
                default="entered",
                max_length=12,
                verbose_name="origin",
            ),
        ),
        migrations.RunSQL(GROUPS, migrations.RunSQL.noop),
    ]
