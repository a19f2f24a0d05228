"""Writes of the forms' room: install, open, save, hand in files, submit."""

from shuzhi.support.forms.services.filing import carry_files, hand_in_file, open_file, take_back_file
from shuzhi.support.forms.services.filling import open_form, resume, save_draft, withdraw
from shuzhi.support.forms.services.forgetting import forget_drafts
from shuzhi.support.forms.services.installing import install_form, retire_form
from shuzhi.support.forms.services.retaining import remove_expired
from shuzhi.support.forms.services.submitting import submit

__all__ = [
    "carry_files",
    "forget_drafts",
    "hand_in_file",
    "install_form",
    "open_file",
    "open_form",
    "remove_expired",
    "resume",
    "retire_form",
    "save_draft",
    "submit",
    "take_back_file",
    "withdraw",
]
