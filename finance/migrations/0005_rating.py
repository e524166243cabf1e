"""Prices with tiers, in the database."""

from pathlib import Path

from django.db import migrations

RATING = Path(__file__).resolve().parent.parent / "sql" / "rating.sql"


class Migration(migrations.Migration):
    dependencies = [("finance", "0004_bills")]
    operations = [migrations.RunSQL(RATING.read_text(), "DROP FUNCTION tiered_price")]
