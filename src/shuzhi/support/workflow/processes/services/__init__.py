"""Writes of processes: each one short transaction, in which the case is locked, taken one step and put away."""

from shuzhi.support.workflow.processes.services.serving import cases_to_serve, retry_case, run_services
from shuzhi.support.workflow.processes.services.starting import install_process, retire_process, start_process
from shuzhi.support.workflow.processes.services.telling import broadcast_signal, send_message
from shuzhi.support.workflow.processes.services.timing import fire_timers
from shuzhi.support.workflow.processes.services.working import cancel_case, complete_task, require_hand

__all__ = [
    "broadcast_signal",
    "cancel_case",
    "cases_to_serve",
    "complete_task",
    "fire_timers",
    "install_process",
    "require_hand",
    "retire_process",
    "retry_case",
    "run_services",
    "send_message",
    "start_process",
]
