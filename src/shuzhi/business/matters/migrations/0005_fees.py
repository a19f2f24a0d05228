import django.db.models.deletion
from django.db import migrations, models


FORBID = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON matters_assessed
    FOR EACH ROW EXECUTE FUNCTION security_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON matters_assessed
    FOR EACH STATEMENT EXECUTE FUNCTION security_refuse_change();
"""
ALLOW = """
DROP TRIGGER append_only_rows ON matters_assessed;
DROP TRIGGER append_only_table ON matters_assessed;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("security", "0002_append_only"),
        ('matters', '0004_crossing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Assessed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(default='', max_length=60)),
                ('title', models.JSONField()),
                ('office', models.CharField(max_length=60)),
                ('fen', models.BigIntegerField()),
                ('because', models.CharField(default='', max_length=500)),
                ('document', models.JSONField(default=dict)),
                ('charge', models.CharField(max_length=20)),
                ('refunded', models.BooleanField()),
                ('days', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='fees', to='matters.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'part'), name='one_fee_of_a_case_and_part'), models.CheckConstraint(condition=models.Q(('fen__gte', 0)), name='fees_are_not_below_nought')],
            },
        ),
        migrations.CreateModel(
            name='LetOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(max_length=60)),
                ('why', models.CharField(default='', max_length=500)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='let_off', to='matters.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'part'), name='one_letting_off_of_a_part')],
            },
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
