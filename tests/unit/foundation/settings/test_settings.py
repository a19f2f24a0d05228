"""Settings come from three places and a misspelt one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from shuzhi.foundation.settings import InvalidSetting, UnknownSetting, load_settings


def test_the_environment_wins_over_the_file_over_the_default(tmp_path):
    (tmp_path / "shuzhi.toml").write_text("web_port = 9000\ngateway_port = 9100\n")
    found = load_settings({"SHUZHI_HOME": str(tmp_path), "SHUZHI_WEB_PORT": "9001"})
    assert (found.web_port, found.gateway_port, found.web_host) == (9001, 9100, "127.0.0.1")


def test_lists_are_separated_by_commas():
    found = load_settings({"SHUZHI_PACKS": "/a,/b", "SHUZHI_ALLOWED_HOSTS": "x.cn,y.cn"})
    assert found.packs == (Path("/a"), Path("/b"))
    assert found.allowed_hosts == ("x.cn", "y.cn")


def test_other_variables_are_nobodys_business():
    assert load_settings({"PATH": "/bin", "SHUZHIX": "1"}).web_port == 8000


@pytest.mark.parametrize("place", ["file", "environment"])
def test_an_unknown_setting_is_refused_with_the_nearest(tmp_path, place):
    environ = {"SHUZHI_HOME": str(tmp_path)}
    if place == "file":
        (tmp_path / "shuzhi.toml").write_text("web_prot = 1\n")
    else:
        environ["SHUZHI_WEB_PROT"] = "1"
    with pytest.raises(UnknownSetting) as refusal:
        load_settings(environ)
    assert "web_port" in str(refusal.value)
    assert "不存在" in refusal.value.message_zh


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEB_PORT", "0"),
        ("WEB_PORT", "x"),
        ("LOG_FORMAT", "xml"),
        ("DEBUG", "perhaps"),
        ("LOG_LEVEL", "loud"),
        ("EVENTS_NETWORKS", "10.0.0.0/99"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name, value):
    with pytest.raises(InvalidSetting):
        load_settings({f"SHUZHI_{name}": value})
