"""Books may post vouchers without an audit."""

from pathlib import Path

from django.db import migrations, models

BOOKS = Path(__file__).resolve().parent.parent / "sql" / "books.sql"


class Migration(migrations.Migration):
    dependencies = [("books", "0002_keeping"), ("kiscloud", "0007_client")]
    operations = [
        migrations.AddField(
            "books",
            "audit_first",
            models.BooleanField(
                db_default=True, default=True, verbose_name="vouchers are audited before they are posted"
            ),
        ),
        migrations.RemoveConstraint("voucher", "books_voucher_audited"),
        migrations.AddConstraint(
            "voucher",
            models.CheckConstraint(
                name="books_voucher_audited",
                condition=models.Q(models.Q(("state", "audited"), _negated=True), ("auditor__isnull", False), _connector="OR"),
            ),
        ),
        migrations.RunSQL(BOOKS.read_text(), migrations.RunSQL.noop),
    ]
