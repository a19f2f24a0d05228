"""Lists that are as quick among ten million: an index for each way to ask, and the inbox in its order.

What waits for a seat is kept by triggers, in the statement that changes the dossier or the task: one place instead of
every writer's memory. A case and a dossier are changed at each step, so their pages leave room to do it in place.
"""

import django.db.models.expressions
from django.db import migrations, models

KINDS = (("dossier", "workflow_dossier", "NOT NEW.is_final"), ("task", "workflow_processtask", "NEW.is_open"))
FUNCTION = """
CREATE FUNCTION workflow_seats_of_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM workflow_seat WHERE kind = '{kind}' AND item = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND {alive} THEN
        INSERT INTO workflow_seat (kind, item, seat, due_on, opened_at)
        SELECT DISTINCT '{kind}', NEW.id, seat, NEW.due_on, NEW.opened_at FROM unnest(NEW.awaits) AS seat;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_seats AFTER INSERT OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION workflow_seats_of_{kind}();
CREATE TRIGGER keep_seats_changed AFTER UPDATE ON {table} FOR EACH ROW
WHEN ((OLD.awaits, OLD.due_on, OLD.{flag}) IS DISTINCT FROM (NEW.awaits, NEW.due_on, NEW.{flag}))
EXECUTE FUNCTION workflow_seats_of_{kind}();
INSERT INTO workflow_seat (kind, item, seat, due_on, opened_at)
SELECT DISTINCT '{kind}', NEW.id, seat, NEW.due_on, NEW.opened_at FROM {table} AS NEW, unnest(NEW.awaits) AS seat
WHERE {alive};
ALTER TABLE {steps} SET (fillfactor = 80);
"""
AWAY = """
DROP TRIGGER keep_seats_changed ON {table};
DROP TRIGGER keep_seats ON {table};
DROP FUNCTION workflow_seats_of_{kind}();
ALTER TABLE {steps} RESET (fillfactor);
"""
STEPS = {"dossier": "workflow_dossier", "task": "workflow_processcase"}  # what a step changes


def _statements(template: str) -> str:
    return "".join(
        template.format(kind=kind, table=table, alive=alive, flag=alive.rpartition(".")[2], steps=STEPS[kind])
        for kind, table, alive in KINDS
    )




class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0004_schedules'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('pk', models.CompositePrimaryKey('kind', 'item', 'seat', blank=True, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('item', models.BigIntegerField()),
                ('seat', models.CharField(max_length=250)),
                ('due_on', models.DateField(null=True)),
                ('opened_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='processcase',
            name='workflow_pr_process_c83db3_idx',
        ),
        migrations.RemoveIndex(
            model_name='processcase',
            name='workflow_pr_office_f39a1c_idx',
        ),
        migrations.RemoveIndex(
            model_name='processcase',
            name='process_asked_for',
        ),
        migrations.AddIndex(
            model_name='processcase',
            index=models.Index(models.F('subject'), django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), name='process_case_subject'),
        ),
        migrations.AddIndex(
            model_name='processcase',
            index=models.Index(models.F('process'), django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), name='process_case_process'),
        ),
        migrations.AddIndex(
            model_name='processcase',
            index=models.Index(models.F('process'), models.F('state'), django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), name='process_case_process_state'),
        ),
        migrations.AddIndex(
            model_name='processcase',
            index=models.Index(models.F('office'), django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), name='process_case_office'),
        ),
        migrations.AddIndex(
            model_name='processcase',
            index=models.Index(models.F('office'), models.F('state'), django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), name='process_case_office_state'),
        ),
        migrations.AddIndex(
            model_name='processcase',
            index=models.Index(models.F('state'), django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), name='process_case_state'),
        ),
        migrations.AddIndex(
            model_name='processcase',
            index=models.Index(models.F('requester'), django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), condition=models.Q(('requester__isnull', False)), name='process_asked_for'),
        ),
        migrations.AddIndex(
            model_name='seat',
            index=models.Index(fields=['seat', 'kind', 'due_on', 'item'], include=('opened_at',), name='seat_by_due'),
        ),
        migrations.RunSQL(_statements(FUNCTION), _statements(AWAY)),
    ]
