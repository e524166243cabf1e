"""The billing run looks tiers up as spans of quantity; the function that added them up one by one is not used."""

from pathlib import Path

from django.db import migrations

RATING = Path(__file__).resolve().parent.parent / "sql" / "rating.sql"


class Migration(migrations.Migration):
    dependencies = [("finance", "0011_spending")]
    operations = [migrations.RunSQL("DROP FUNCTION tiered_price", RATING.read_text())]
