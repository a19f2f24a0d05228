from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forms", "0002_erasable_drafts")]

    operations = [
        migrations.AddField(
            model_name="handedinfile",
            name="earlier",
            field=models.CharField(db_default="", default="", max_length=40),
        ),
    ]
