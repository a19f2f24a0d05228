from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Account(AbstractBaseUser):
    """A person's account in one office. Rights come from its roles, never from flags of the web framework."""

    username = models.CharField(max_length=100, unique=True)
    person = models.CharField(max_length=100)
    person_en = models.CharField(max_length=100, default="")
    office = models.CharField(max_length=100, null=True)
    division = models.CharField(max_length=12, null=True)
    roles = ArrayField(models.CharField(max_length=30), default=list)
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"

    objects = BaseUserManager["Account"]()
