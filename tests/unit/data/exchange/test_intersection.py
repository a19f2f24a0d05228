"""Private set intersection: the result is the intersection, and the messages give nothing else away."""

from __future__ import annotations

import csv
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from shuzhi.data.exchange.intersection import Reveal, answer_question, ask_question, finish_question
from shuzhi.data.exchange.intersection.errors import AnswerOfAnother, MessageBroken, NoKeys, OnlySize
from shuzhi.data.exchange.intersection.protocol import Answer, Question, Secret, from_bytes, to_bytes
from shuzhi.data.linkage.resolution import comparable
from shuzhi.data.linkage.types import Normalise
from shuzhi.terminals.console.intersection import app

keys = st.sets(st.text(min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=30)


def intersect(mine, theirs, **asked):
    question, secret = ask_question(mine, **asked)
    return finish_question(secret, answer_question(question, theirs))


class TestProtocol:
    @settings(max_examples=60, deadline=None)
    @given(mine=keys, theirs=keys)
    def test_finds_exactly_the_keys_that_both_hold(self, mine, theirs):
        mine = mine | set(sorted(theirs)[: len(theirs) // 2])
        compared = [{comparable(key, Normalise.UPPER) for key in held} for held in (mine, theirs)]

        count, members = intersect(mine, theirs, compare=Normalise.UPPER)

        assert set(members) == compared[0] & compared[1]
        assert count == len(members)

    def test_compares_keys_in_the_declared_form(self):
        count, members = intersect(["ｈａｎｇ（杭州） 公司"], ["HANG(杭州)公司"], compare=Normalise.FIRM_NAME)

        assert (count, members) == (1, ["HANG(杭州)公司"])

    def test_size_tells_no_member(self):
        assert intersect(["a", "b", "c"], ["b", "c", "d"], reveal=Reveal.SIZE) == (2, [])

    def test_the_answerer_can_keep_the_members_to_itself(self):
        question, _ = ask_question(["a"])

        with pytest.raises(OnlySize):
            answer_question(question, ["a"], most=Reveal.SIZE)

    def test_several_processes_give_the_same(self):
        mine = [str(number) for number in range(12_000)]
        question, secret = ask_question(mine, processes=2)

        count, _ = finish_question(secret, answer_question(question, mine[6_000:], processes=2), processes=2)

        assert count == 6_000


class TestMessages:
    def test_hold_no_key_and_look_new_each_time(self):
        first, _ = ask_question(["91330110MA2CEXAMPL"])
        second, _ = ask_question(["91330110MA2CEXAMPL"])

        assert b"91330110" not in to_bytes(first)
        assert first.points != second.points

    def test_of_the_answerer_hold_no_key(self):
        question, _ = ask_question(["a"])

        assert b"SECRETKEY" not in to_bytes(answer_question(question, ["SECRETKEY", "a"]))

    def test_keep_the_order_of_the_keys_hidden(self):
        ordered = [f"{number:04d}" for number in range(200)]

        _, secret = ask_question(ordered)

        assert list(secret.keys) != ordered

    def test_survive_being_sent(self):
        question, secret = ask_question(["a", "b"])
        answer = answer_question(from_bytes(to_bytes(question), Question), ["b"])

        sent = from_bytes(to_bytes(answer), Answer)

        assert finish_question(from_bytes(to_bytes(secret), Secret), sent) == (1, ["b"])

    @given(content=st.binary(max_size=200))
    def test_that_are_none_are_refused(self, content):
        with pytest.raises(MessageBroken):
            from_bytes(content, Question)

    def test_of_another_kind_are_refused(self):
        question, _ = ask_question(["a"])

        with pytest.raises(MessageBroken):
            from_bytes(to_bytes(question), Answer)

    @pytest.mark.parametrize("points", [b"", b"x" * 31, bytes(32), b"\x01" + bytes(31)])
    def test_with_points_that_could_betray_the_secret_are_refused(self, points):
        question, _ = ask_question(["a"])
        hostile = Question(question.version, question.session, question.compare, question.reveal, points)

        with pytest.raises(MessageBroken):
            answer_question(hostile, ["a"])

    def test_of_another_question_are_refused(self):
        question, _ = ask_question(["a"])
        _, other = ask_question(["a"])

        with pytest.raises(AnswerOfAnother):
            finish_question(other, answer_question(question, ["a"]))

    def test_without_keys_are_refused(self):
        with pytest.raises(NoKeys):
            ask_question(["", "  "])


class TestCommands:
    def test_two_offices_and_three_files(self, tmp_path):
        mine, theirs = tmp_path / "mine.csv", tmp_path / "theirs.csv"
        mine.write_text("统一社会信用代码\n91330110MA1\n91330110ma2\n", "utf-8")
        theirs.write_text("代码,名称\n91330110MA2,甲\n91330110MA3,乙\n", "utf-8")
        files = {name: str(tmp_path / name) for name in ("q", "s", "a", "out.csv")}

        run("ask", str(mine), "--column", "统一社会信用代码", "--out", files["q"], "--secret", files["s"])
        run("answer", files["q"], str(theirs), "--column", "代码", "--out", files["a"])
        done = run("finish", files["a"], "--secret", files["s"], "--out", files["out.csv"])

        assert "双方共有 1 个" in done.stdout
        with (tmp_path / "out.csv").open(encoding="utf-8") as opened:
            assert list(csv.reader(opened)) == [["key"], ["91330110MA2"]]
        assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o600

    def test_a_column_that_is_not_there_is_named(self, tmp_path):
        file = tmp_path / "mine.csv"
        file.write_text("代码,名称\n1,甲\n", "utf-8")

        done = run("ask", str(file), "--column", "号码", "--out", "q", "--secret", "s", code=1)

        assert "代码、名称" in done.stderr

    def test_a_line_between_machines_takes_certificates(self, tmp_path, monkeypatch):
        file = tmp_path / "mine.csv"
        file.write_text("代码\n1\n", "utf-8")
        monkeypatch.setattr("shuzhi.terminals.console.intersection._spu_python", lambda: tmp_path / "none")

        line = ["--party", "10.1.1.1:9000", "--party", "10.1.1.2:9000"]
        done = run("direct", str(file), "--column", "代码", "--rank", "0", *line, code=1)

        assert "证书" in done.stderr

    def test_says_how_to_get_the_heavy_backend(self, tmp_path, monkeypatch):
        file = tmp_path / "mine.csv"
        file.write_text("代码\n1\n", "utf-8")
        monkeypatch.setattr("shuzhi.terminals.console.intersection._spu_python", lambda: tmp_path / "none")

        line = ["--party", "127.0.0.1:18703", "--party", "127.0.0.1:18704"]
        done = run("direct", str(file), "--column", "代码", "--rank", "0", *line, code=1)

        assert "make spu" in done.stderr


def run(*words, code=0):
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == code, done.output
    return done
