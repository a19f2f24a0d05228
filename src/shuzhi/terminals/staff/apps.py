from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "shuzhi.terminals.staff"
    label = "staff_terminal"
