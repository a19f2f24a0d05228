"""What goes wrong around a case: two clerks at the same moment, texts that would fill the memory, values without end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from tests.unit.support.workflow.people import FRIDAY, OFFICER
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows
from tests.unit.support.workflow.processes.test_services import TWO, install, open_tasks, start

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import handling, models
from shuzhi.support.workflow.errors import HeldByAnother, TaskNotOpen, ValuesUnusable
from shuzhi.support.workflow.processes import queries, services
from shuzhi.support.workflow.processes.values import kept, weigh

COLLEAGUE = Actor("account/colleague", office="market-regulation", roles=frozenset({Role.DATA_OFFICER}))


def at_once(*calls):
    """Each call in a thread of its own, all beginning together; what each gave or refused."""
    together = Barrier(len(calls))

    def run(call):
        from django.db import connection

        try:
            together.wait(timeout=20)
            return call()
        except PlatformError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
class TestTwoClerks:
    def test_finish_one_task_at_the_same_moment_and_one_of_them_does(self):
        install(TWO)
        case = start()
        task = open_tasks(case)[0].id

        def finish(by):
            return lambda: services.complete_task(task=task, by=by, at=FRIDAY, outputs={"by": by.name})

        told = at_once(finish(OFFICER), finish(COLLEAGUE))
        refused = [each for each in told if isinstance(each, PlatformError)]
        assert [type(each) for each in refused] == [TaskNotOpen]
        found = queries.case(case.id)
        assert (found.version, found.standing) == (2, ("p/sign",))
        assert [step.kind for step in queries.steps(case.id)] == ["started", "completed"]
        assert queries.steps(case.id)[-1].by == found.variables["by"]

    def test_claim_one_task_at_the_same_moment_and_one_of_them_has_it(self):
        install(TWO)
        item = f"task/{open_tasks(start())[0].id}"

        told = at_once(
            *(lambda by=by: handling.claim(item=item, by=by, at=FRIDAY) for by in (OFFICER, COLLEAGUE))
        )
        assert [type(each) for each in told if each is not None] == [HeldByAnother]
        assert len(handling.handled(item)) == 1


def script(text: str) -> bytes:
    task = f'<scriptTask id="s" scriptFormat="feel" shuzhi:result="x"><script>{text}</script></scriptTask>'
    return drawn(
        SE + task + '<userTask id="a" shuzhi:roles="data_officer"/>' + flows("start>s", "s>a", "a>end")
    )


@pytest.mark.django_db
class TestTextsThatFillTheMemory:
    def test_one_text_ten_thousand_times_is_weighed_before_it_is_written(self):
        install(script("for i in 1..9000 return long"))
        with pytest.raises(ValuesUnusable, match="characters"):
            start(long="数" * 50_000)
        assert not models.ProcessCase.objects.exists()

    def test_what_is_no_value_is_refused(self):
        install(script("function(x) x"))
        with pytest.raises(ValuesUnusable):
            start()

    def test_a_loop_that_doubles_comes_to_an_end(self):
        grow = (
            '<scriptTask id="s" scriptFormat="feel" shuzhi:result="x"><script>concatenate(x, x)</script></scriptTask>'
            '<exclusiveGateway id="g" default="f_g_end_3"/>'
        )
        install(drawn(SE + grow + flows("start>s", "s>g", "g>s?true", "g>end")))
        with pytest.raises(PlatformError):
            start(x=["a"])


def test_values_are_weighed_without_being_copied():
    text = "x" * 1000
    weigh([text] * 3000)
    for wrong in ([text] * 5000, list(range(300_000)), {"a": {"b": [text] * 5000}}, _deep(60), float("inf")):
        with pytest.raises(ValuesUnusable):
            kept(wrong)


def _deep(levels: int) -> object:
    found: object = 1
    for _ in range(levels):
        found = [found]
    return found
