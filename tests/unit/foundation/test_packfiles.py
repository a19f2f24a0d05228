from __future__ import annotations

import pytest

from shuzhi.foundation import packfiles


def test_a_checkout_keeps_its_packs_beside_src():
    assert (packfiles.packs_root() / "platform" / "calendars" / "holidays.csv").is_file()


def test_an_installed_wheel_carries_its_packs(tmp_path, monkeypatch):
    (tmp_path / "site-packages" / "shuzhi" / "_packs").mkdir(parents=True)
    monkeypatch.setattr(packfiles, "_PACKAGE", tmp_path / "site-packages" / "shuzhi")
    assert packfiles.packs_root() == tmp_path / "site-packages" / "shuzhi" / "_packs"


def test_without_packs_both_places_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(packfiles, "_PACKAGE", tmp_path / "lib" / "src" / "shuzhi")
    with pytest.raises(packfiles.PacksMissing, match="incomplete") as refusal:
        packfiles.packs_root()
    assert "安装不完整" in refusal.value.message_zh
