"""Files of invoices lie in the storage; none was ever kept before."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """The content of a file becomes a name in the storage, and OFD goes."""

    dependencies = [("invoicing", "0009_check_day_key")]

    operations = [
        migrations.RemoveField("invoicefile", "content"),
        migrations.AddField(
            "invoicefile",
            "file",
            models.FileField(max_length=255, upload_to="", verbose_name="file", default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            "invoicefile",
            "form",
            models.CharField(choices=[("pdf", "PDF"), ("xml", "XML")], max_length=3, verbose_name="form"),
        ),
        migrations.AlterField(
            "invoicefile",
            "created_at",
            models.DateTimeField(default=django.utils.timezone.now, verbose_name="kept since"),
        ),
    ]
