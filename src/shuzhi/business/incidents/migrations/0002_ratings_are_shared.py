"""What callers said of their requests goes to the room of ratings, which all cases share."""

from django.db import migrations

SCORES = range(1, 6)


def hand_over(apps, schema_editor):
    requests = apps.get_model("incidents", "Request").objects.filter(
        satisfaction__in=SCORES, dossier__isnull=False
    )
    rating, change = apps.get_model("ratings", "Rating"), apps.get_model("ratings", "Change")
    desks = apps.get_model("incidents", "Desk").objects.in_bulk()
    for one in requests.iterator():
        at = one.answered_at or one.received_at
        loop = desks[one.desk].declared.get("loop") if one.desk in desks else None
        made = rating.objects.create(
            subject=f"dossier/{one.dossier}", person=f"dossier/{one.dossier}", office=one.office, matter=loop,
            score=one.satisfaction, words="", rated_at=at, changed_at=at,
        )  # fmt: skip
        change.objects.create(
            rating=made, seq=1, score=one.satisfaction, words="", by="system/incidents", at=at
        )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("ratings", "0001_initial")]

    operations = [
        migrations.RunPython(hand_over, migrations.RunPython.noop),
        migrations.RemoveField(model_name="request", name="satisfaction"),
    ]
