from __future__ import annotations

import pytest

from shuzhi.foundation.errors import PlatformError
from shuzhi.terminals.design import gallery, preferences, views


class TestSwitches:
    def test_remembers_the_language_and_goes_back(self, rf):
        answer = views.set_language(
            rf.post("/preferences/language", {"language": "en", "next": "/data/?q=1"})
        )
        assert answer.headers["Location"] == "/data/?q=1"
        assert answer.cookies["shuzhi_language"].value == "en"

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""]
    )
    def test_never_leads_to_another_site(self, rf, elsewhere):
        answer = views.set_mode(rf.post("/preferences/mode", {"elder": "on", "next": elsewhere}))
        assert answer.headers["Location"] == "/"
        assert answer.cookies["shuzhi_elder"].value == "on"

    def test_unknown_answers_are_not_kept(self, rf):
        assert not views.set_language(rf.post("/", {"language": "xx"})).cookies
        assert not views.set_mode(rf.post("/", {"elder": "maybe", "theme": "pink"})).cookies

    def test_a_look_changes_nothing(self, rf):
        assert views.set_mode(rf.get("/preferences/mode?elder=on")).status_code == 405


class NotSubscribed(PlatformError):
    """Office {office} has not subscribed."""

    code = "test.not_subscribed"
    http_status = 403
    zh = "{office}没有订阅。"


class TestRefusals:
    def test_an_error_of_the_platform_explains_itself(self, rf):
        answer = views.refuse_error(rf.get("/"), NotSubscribed(office="税务局", basis="公共数据条例"))
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "税务局没有订阅。" in page
        assert "公共数据条例" in page
        assert "test.not_subscribed" in page

    def test_what_an_error_says_is_escaped(self, rf):
        page = views.refuse_error(rf.get("/"), NotSubscribed(office="<script>")).content.decode()
        assert "<script>没有" not in page

    @pytest.mark.parametrize("status", [403, 404, 500])
    def test_each_error_page_says_what_to_do_next(self, rf, status):
        answer = gallery.error_page(rf.get("/"), status)
        assert answer.status_code == status
        assert "下一步" in answer.content.decode()


class TestFrames:
    @pytest.mark.parametrize("view", [gallery.parts, gallery.public_page, gallery.cockpit_page])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_every_frame_has_its_landmarks_in_both_languages(self, rf, view, language):
        from django.utils import translation

        with translation.override(preferences.LANGUAGES[language]):
            page = view(rf.get("/staff/design/")).content.decode()
        assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in page
        assert page.count("<main") == page.count("<h1") == 1
        assert 'class="skip" href="#main"' in page

    def test_elder_mode_keeps_a_telephone_number_in_view(self, rf):
        request = rf.get("/")
        request.COOKIES["shuzhi_elder"] = "on"
        page = gallery.public_page(request).content.decode()
        assert 'href="tel:12345"' in page
        assert 'class="light elder"' in page

    def test_progress_comes_to_its_end(self, rf):
        page = gallery.progress(rf.get("/", {"done": "999999"})).content.decode()
        assert "hx-get" not in page
        assert gallery.progress(rf.get("/", {"done": "x"})).status_code == 200


class TestLanguage:
    @pytest.mark.parametrize(
        ("cookie", "language"), [("en", "en"), ("zh", "zh-hans"), ("", "zh-hans"), ("../x", "zh-hans")]
    )
    def test_chinese_until_english_is_chosen(self, rf, cookie, language):
        request = rf.get("/", headers={"accept-language": "fr"})
        request.COOKIES["shuzhi_language"] = cookie
        assert preferences.language(request) == language
