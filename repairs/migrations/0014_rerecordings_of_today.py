from django.db import migrations


def rows_of_totals(apps, schema_editor):
    """Make the one row that each total stood for, so that no figure changes; who told of it is in the newest event."""
    LostRecords = apps.get_model("repairs", "LostRecords")
    Rerecording = apps.get_model("repairs", "Rerecording")
    Event = apps.get_model("kecamatan", "Event")
    told = Event.objects.filter(subject__startswith="lostrecords:", action="rerecord").order_by("pk")
    who = dict(told.values_list("subject", "by"))
    known = LostRecords.objects.filter(rerecorded__gt=0).values_list("pk", "rerecorded_on", "rerecorded")
    Rerecording.objects.bulk_create(
        (
            Rerecording(loss_id=pk, day=day, number=number, recorded_by_id=who.get(f"lostrecords:{pk}"))
            for pk, day, number in known
        ),
        batch_size=1_000,
    )
    LostRecords.objects.filter(rerecorded=0).update(rerecorded_on=None)


class Migration(migrations.Migration):
    dependencies = [
        ("repairs", "0013_rerecordings"),
        ("kecamatan", "0009_voided_counts"),
    ]

    operations = [migrations.RunPython(rows_of_totals, migrations.RunPython.noop)]
