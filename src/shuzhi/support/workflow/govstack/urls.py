"""The contract's addresses."""

from __future__ import annotations

from shuzhi.support.mediator.calling import Operation, address
from shuzhi.support.workflow.govstack import operations as op

READ, START, MANAGE = "workflow.read", "workflow.start", "workflow.manage"

app_name = "govstack_workflow"
urlpatterns = [
    address(
        "processes",
        "processes",
        get=Operation(op.list_processes, READ),
        post=Operation(op.add_process, MANAGE),
    ),
    address(
        "processes/{name}",
        "process",
        get=Operation(op.read_process, READ),
        put=Operation(op.change_process, MANAGE),
        delete=Operation(op.end_process, MANAGE),
    ),
    address("processes/{name}/start", "start", post=Operation(op.start, START)),
    address("instances", "instances", get=Operation(op.list_instances, READ)),
    address("instances/{number}", "instance", get=Operation(op.read_instance, READ)),
    address("instances/{number}/stop", "stop", post=Operation(op.stop, START)),
]
