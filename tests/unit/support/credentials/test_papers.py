"""The PDF, the square on it, the one code, and the files that a verifier elsewhere takes along."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.unit.support.credentials import holders
from tests.unit.support.credentials.holders import AT, CLERK, FACTS, HOLDER, INSPECTOR, MOTHER, OTHER

from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.support.credentials import errors, models, printing, queries, services, trust, verify_credential
from shuzhi.support.credentials.formats import squares
from shuzhi.support.credentials.formats.keys import key_set
from shuzhi.support.credentials.services.codes import AHEAD, codes

pytestmark = pytest.mark.django_db
ME = ("resident_id", MOTHER)


@pytest.fixture
def paper(issued):
    return printing.as_pdf(issued.number, office="杭州市卫生健康委员会", at=AT)


class TestPdf:
    def test_is_checked_as_a_whole(self, paper):
        found = services.verify(document=paper, at=AT)
        assert (found.form, found.shows["child"]) == ("pdf", FACTS["child"])

    def test_carries_a_certificate_of_the_node_and_the_machines_copy(self, paper, issued):
        from io import BytesIO

        from pyhanko.pdf_utils.reader import PdfFileReader

        [signature] = PdfFileReader(BytesIO(paper)).embedded_signatures
        assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
        assert "电子证照签章" in signature.signer_cert.subject.human_friendly
        assert queries.signed(issued.number).file.encode() in paper

    @pytest.mark.parametrize("share", [0.02, 0.2, 0.4, 0.6, 0.8, 0.98])
    def test_a_changed_byte_is_refused(self, paper, share):
        place = int(len(paper) * share)
        changed = paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :]
        with pytest.raises((errors.NotGenuine, errors.Unreadable)):
            services.verify(document=changed, at=AT)

    def test_anything_added_is_refused(self, paper):
        with pytest.raises((errors.NotGenuine, errors.Unreadable)):
            services.verify(document=paper + b"\n1 0 obj\n<<>>\nendobj\n", at=AT)

    def test_anothers_seal_is_refused(self, paper):
        models.Certificate.objects.all().delete()
        with pytest.raises(errors.NotGenuine):
            services.verify(document=paper, at=AT)

    def test_is_refused_once_revoked_and_not_given_out(self, paper, issued):
        services.revoke(number=issued.number, reason="x", by=CLERK, at=AT)
        with pytest.raises(errors.Revoked):
            services.verify(document=paper, at=AT)
        with pytest.raises(errors.StateForbids):
            printing.as_pdf(issued.number, office="x", at=AT)

    def test_its_square_leads_to_the_check_and_names_nobody(self, issued):
        text = f"{trust.issuer()}/verify/#{printing.stamp(issued, at=AT)}"
        found = services.verify(document=text, at=AT)
        assert (found.form, found.number, found.shows) == ("stamp", issued.number, {})
        assert len(squares.as_rows(text)) <= 73  # fields a side: a phone reads it off paper


class TestCode:
    @pytest.fixture
    def shown(self, issued):
        services.show_on_code(holder=ME, shown={issued.number: ["child", "weight"]}, by=HOLDER, at=AT)
        return issued

    def code(self, at=AT):
        return codes(holder=ME, at=at, many=1)[0]

    def test_shows_only_what_was_granted_and_may_be_shown(self, shown):
        found = services.read_code(code=self.code().text, by=INSPECTOR, at=AT)
        [part] = found.parts
        assert (part.number, dict(part.shows)) == (shown.number, {"child": FACTS["child"]})
        assert MOTHER not in self.code().text

    def test_a_verifier_takes_it_once(self, shown):
        text = self.code().text
        services.read_code(code=text, by=INSPECTOR, at=AT)
        with pytest.raises(errors.CodeReplayed):
            services.read_code(code=text, by=INSPECTOR, at=AT)
        services.read_code(code=text, by=CLERK, at=AT)
        assert AuditEntry.objects.filter(action="credentials.code_read").count() == 2

    def test_ends_after_a_minute_and_with_its_credential(self, shown):
        first = self.code()
        assert first.until - first.since <= timedelta(seconds=60)
        with pytest.raises(errors.Expired):
            services.read_code(code=first.text, by=INSPECTOR, at=AT + timedelta(seconds=91))
        services.suspend(number=shown.number, reason="x", by=CLERK, at=AT)
        with pytest.raises(errors.Suspended):
            services.read_code(code=first.text, by=INSPECTOR, at=AT)
        with pytest.raises(errors.NothingToShow):
            self.code()

    def test_a_phone_without_network_has_five_minutes(self, shown):
        ahead = codes(holder=ME, at=AT)
        assert len(ahead) == AHEAD
        later = AT + timedelta(minutes=4, seconds=40)
        good = [each for each in ahead if each.since <= later < each.until]
        assert services.read_code(code=good[0].text, by=INSPECTOR, at=later).parts
        assert max(len(squares.as_rows(each.text)) for each in ahead) <= 77

    def test_is_agreement_at_the_counter(self, shown):
        used, facts = services.use_by_code(
            code=self.code().text,
            kind="birth-certificate",
            fields=["child"],
            purpose="入学",
            by=INSPECTOR,
            at=AT,
        )
        assert (used.via, used.state, facts) == ("code", "used", {"child": FACTS["child"]})

    def test_nobody_shows_anothers(self, shown):
        with pytest.raises(errors.NothingToShow):
            services.show_on_code(
                holder=("resident_id", OTHER), shown={shown.number: ["child"]}, by=HOLDER, at=AT
            )
        with pytest.raises(Forbidden):
            services.read_code(code=self.code().text, by=HOLDER, at=AT)
        with pytest.raises(errors.Unreadable):
            services.read_code(code=queries.signed(shown.number).compact, by=INSPECTOR, at=AT)


class TestElsewhere:
    """The one file for outsiders, run as a program over what this node publishes."""

    def run(self, folder, text, *more):
        (folder / "shown").write_text(text, "utf-8")
        (folder / "keys.json").write_text(
            json.dumps(key_set(trust.issuer(), trust.published_keys())), "utf-8"
        )
        (folder / "status.jwt").write_text(queries.status_list(0, at=AT), "ascii")
        keys, status = str(folder / "keys.json"), str(folder / "status.jwt")
        words = [str(folder / "shown"), "--keys", keys, "--status", status, "--at", AT.isoformat(), *more]
        return verify_credential.main(words)

    def test_a_credential(self, issued, tmp_path, capsys):
        text = queries.signed(issued.number).showing(["child"]).file
        assert self.run(tmp_path, text) == 0
        assert json.loads(capsys.readouterr().out)["shows"] == {"child": FACTS["child"]}
        assert self.run(tmp_path, text.replace('"payload":"ey', '"payload":"ez')) == 1
        services.revoke(number=issued.number, reason="x", by=CLERK, at=AT)
        assert self.run(tmp_path, text) == 1
        assert "吊销" in capsys.readouterr().err

    def test_a_code_once(self, issued, tmp_path):
        services.show_on_code(holder=ME, shown={issued.number: ["child"]}, by=HOLDER, at=AT)
        text = codes(holder=ME, at=AT, many=1)[0].text
        seen = ["--seen", str(tmp_path / "seen.json")]
        assert [self.run(tmp_path, text, *seen) for _ in range(2)] == [0, 1]

    def test_what_anyone_may_fetch(self, issued, client):
        assert client.get("/credentials/keys").json()["jwks"]["keys"]
        assert client.get("/.well-known/jwt-vc-issuer").json()["issuer"] == trust.issuer()
        answer = client.get("/credentials/status/0")
        assert answer["Content-Type"] == "application/statuslist+jwt"
        assert client.get("/credentials/status/9").status_code == 404
        assert client.get("/credentials/kinds/birth-certificate").json()["claims"]
        assert b"verify_credential" in client.get("/credentials/verify_credential.py").content

    def test_the_api_checks_issues_and_ends(self, issued, client):
        from shuzhi.support.identity import services as identity
        from shuzhi.support.identity.models import Account

        identity.open_account(
            username="clerk", person="许医", office=holders.OFFICE, division=None, roles=CLERK.roles,
            password=None, by=holders.PLATFORM, at=AT,
        )  # fmt: skip
        say = {"content_type": "application/json"}
        issuing = {"kind": "birth-certificate", "subject": OTHER, "office": holders.OFFICE, "facts": FACTS}
        assert client.post("/api/credentials/", issuing, **say).status_code in {401, 403}
        client.force_login(Account.objects.get(username="clerk"))
        made = client.post("/api/credentials/", issuing, **say).json()
        asked = {"document": made["credential"]}
        assert client.post("/api/credentials/verify", asked, **say).json()["verified"]
        ended = client.post(
            f"/api/credentials/{made['number']}/state", {"to": "revoked", "reason": "x"}, **say
        )
        assert ended.json()["state"] == "revoked"
        refused = client.post("/api/credentials/verify", asked, **say)
        assert (refused.status_code, refused.json()["code"]) == (422, "credentials.revoked")


def test_a_long_credential_takes_another_page(db):
    from io import BytesIO

    from pyhanko.pdf_utils.reader import PdfFileReader

    fields = [
        {"id": f"f{number}", "title": {"zh": f"内容{number}", "en": f"Fact {number}"}} for number in range(40)
    ]
    holders.install(fields=fields, text=None)
    facts = {each["id"]: "很长的内容" * 12 for each in fields}
    made = services.issue(
        kind="birth-certificate", subject=MOTHER, office=holders.OFFICE, facts=facts, by=CLERK, at=AT
    )
    paper = printing.as_pdf(made.number, office="x", at=AT)
    assert int(PdfFileReader(BytesIO(paper)).root["/Pages"]["/Count"]) > 2
    assert services.verify(document=paper, at=AT).number == made.number
