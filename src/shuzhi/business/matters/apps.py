from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "shuzhi.business.matters"
    label = "matters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.matters import permissions
        from shuzhi.business.matters.cases import jobs, notices, queries
        from shuzhi.business.matters.cases import permissions as case_permissions
        from shuzhi.business.matters.cases.services import following, keeping, paying, receiving
        from shuzhi.business.matters.cases.types import (
            CaseClosed,
            CaseDecided,
            CaseStepped,
            FeesLetOff,
            HandedCaseStepped,
        )
        from shuzhi.data.exchange import ports
        from shuzhi.foundation.files.keeping import needed_by
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.archive.types import CaseDestroyed
        from shuzhi.support.forms.types import FormSubmitted
        from shuzhi.support.payments.types import OrderClosed, OrderPaid
        from shuzhi.support.ratings import subjects
        from shuzhi.support.workflow.processes.types import ProcessEnded, ProcessStarted
        from shuzhi.support.workflow.types import DossierClosed

        policy.declare(permissions.PERMISSIONS)
        policy.declare(case_permissions.PERMISSIONS)
        subjects.declare("case", keeping.served)
        subscribe(FormSubmitted, following.on_form_submitted)
        subscribe(ProcessStarted, following.on_process_started)
        subscribe(ProcessEnded, following.on_process_ended)
        subscribe(DossierClosed, following.on_dossier_closed)
        subscribe(CaseClosed, jobs.on_closed)
        subscribe(HandedCaseStepped, receiving.on_stepped)
        ports.declare(receiving.PORT, receiving.take)
        subscribe(CaseDestroyed, jobs.on_destroyed)
        needed_by(queries.needs_file)
        subscribe(CaseStepped, notices.on_stepped)
        subscribe(CaseDecided, notices.on_decided)
        subscribe(OrderPaid, paying.on_order_paid)
        subscribe(OrderClosed, paying.on_order_closed)
        subscribe(FeesLetOff, paying.on_let_off)
