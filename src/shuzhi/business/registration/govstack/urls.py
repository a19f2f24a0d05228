"""The contract's addresses."""

from __future__ import annotations

from shuzhi.business.registration.govstack import operations as op
from shuzhi.support.mediator.calling import Operation, address

APPLY, OPERATE = "registration.apply", "registration.operate"
EITHER = f"{APPLY}|{OPERATE}"

app_name = "govstack_registration"
urlpatterns = [
    address("services", "services", get=Operation(op.list_services, EITHER)),
    address("services/{number}", "service", get=Operation(op.read_service, EITHER)),
    address("services/{number}/eForms", "forms", get=Operation(op.list_forms, EITHER)),
    address("services/{number}/applications", "apply", post=Operation(op.apply, APPLY, is_member_named=True)),
    address("eForms/{number}", "form", get=Operation(op.read_form, EITHER)),
    address("documents", "documents", post=Operation(op.hand_in, EITHER)),
    address(
        "applications", "applications", get=Operation(op.list_applications, EITHER, is_member_named=True)
    ),
    address(
        "applications/{number}",
        "application",
        get=Operation(op.read_application, EITHER, is_member_named=True),
        put=Operation(op.revise_application, OPERATE, is_member_named=True),
    ),
    address("tasks", "tasks", get=Operation(op.list_tasks, EITHER)),
    address(
        "tasks/{number}", "task", get=Operation(op.read_task, EITHER), other=Operation(op.read_task, EITHER)
    ),
    address("tasks/{number}/complete", "complete", post=Operation(op.complete_task, EITHER)),
    address("data/statistics", "statistics", get=Operation(op.statistics, is_member_named=True)),
    address("data/statistics/1.0", "statistics-1", get=Operation(op.statistics, is_member_named=True)),
]
