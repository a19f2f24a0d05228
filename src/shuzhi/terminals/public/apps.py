from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "shuzhi.terminals.public"
    label = "public_terminal"
