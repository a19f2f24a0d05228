from __future__ import annotations

from django.db import models


class Node(models.Model):
    """Which government this installation serves."""

    id = models.CharField(primary_key=True, max_length=100)
    declared = models.JSONField()
    pack = models.CharField(max_length=100)


class Office(models.Model):
    """An office (部门): owns data, handles issues, holds posts."""

    id = models.CharField(primary_key=True, max_length=100)
    title_zh = models.CharField(max_length=100)
    title_en = models.CharField(max_length=200)
    division = models.CharField(max_length=12)
    tier = models.CharField(max_length=20)
    pack = models.CharField(max_length=100)


class Post(models.Model):
    """A post (岗位) and the role it gives its holder."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="posts")
    slug = models.CharField(max_length=100)
    title_zh = models.CharField(max_length=100)
    title_en = models.CharField(max_length=200)
    role = models.CharField(max_length=30)
    duties_zh = models.TextField()
    duties_en = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "slug"], name="post_once_an_office")]
