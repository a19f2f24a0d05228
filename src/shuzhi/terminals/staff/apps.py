from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "shuzhi.terminals.staff"
    label = "staff_terminal"

    def ready(self) -> None:
        from shuzhi.terminals.staff.rules.populations import offer_rows

        offer_rows()
