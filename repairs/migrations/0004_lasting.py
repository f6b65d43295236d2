from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("repairs", "0003_outages_in_the_browser"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(
                    ("restored_at", None), ("voided_at", None), models.Q(("status", "rejected"), _negated=True)
                ),
                fields=["device", "failed_at"],
                name="repairs_ticket_lasting",
            ),
        ),
    ]
