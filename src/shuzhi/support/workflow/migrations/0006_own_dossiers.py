from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0005_lists")]

    operations = [
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("requester__isnull", False)),
                fields=["requester", "-id"],
                name="dossiers_of_a_requester",
            ),
        ),
    ]
