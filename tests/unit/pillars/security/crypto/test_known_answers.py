"""Known answers from the standards: what we call SM3, SM4, SM2, Ed25519 is what everybody calls so."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from shuzhi.pillars.security.crypto import ciphers, digests, signing, sm2
from shuzhi.pillars.security.crypto.errors import NotAuthentic, UnknownAlgorithm

h = bytes.fromhex


class TestDigests:
    # GB/T 32905-2016, appendix A.
    SM3 = {
        b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
    }

    @pytest.mark.parametrize("message", SM3)
    def test_sm3(self, message):
        assert digests.digest("sm3")(message).hex() == self.SM3[message]

    @given(message=st.binary(max_size=300))
    def test_both_libraries_agree_on_sm3(self, message):
        assert digests._sm3(message) == digests._fast_sm3(message)

    def test_sha256(self):  # FIPS 180-2, appendix B.1
        found = digests.digest("sha256")(b"abc").hex()
        assert found == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    def test_hmac_sha256(self):  # RFC 4231, case 2
        found = digests.mac("sha256", b"Jefe", b"what do ya want for nothing?").hex()
        assert found == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

    def test_hmac_sm3_is_hmac_over_sm3(self):  # RFC 2104 by hand: the standard gives no vector
        key, message = b"k" * 20, b"message"
        inner, outer = (bytes(k ^ pad for k in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
        sm3 = digests.digest("sm3")
        assert digests.mac("sm3", key, message) == sm3(outer + sm3(inner + message))

    def test_refuses_others(self):
        with pytest.raises(UnknownAlgorithm, match="md5"):
            digests.digest("md5")
        with pytest.raises(UnknownAlgorithm):
            digests.mac("md5", b"", b"")


class TestCiphers:
    def test_sm4_block(self):  # GB/T 32907-2016, appendix A.1
        key = h("0123456789abcdeffedcba9876543210")
        cipher = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
        assert cipher.update(key).hex() == "681edf34d206965e86b3e94f536e4246"

    def test_sm4_gcm(self):  # RFC 8998, appendix A.1
        sealed = ciphers.encrypt(
            "sm4-gcm",
            h("0123456789ABCDEFFEDCBA9876543210"),
            h("00001234567800000000ABCD"),
            h("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD")
            + h("EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"),
            context=h("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
        )
        assert sealed.hex().upper() == (
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
            "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
            "83DE3541E4C2B58177E065A9BF7B62EC"
        )

    def test_aes_256_gcm(self):  # The Galois/Counter Mode of Operation, test case 16
        sealed = ciphers.encrypt(
            "aes-256-gcm",
            h("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
            h("cafebabefacedbaddecaf888"),
            h("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72")
            + h("1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
            context=h("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        )
        assert sealed.hex() == (
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b"
        )

    @pytest.mark.parametrize("algorithm", ciphers.KEY_BYTES)
    @given(plain=st.binary(max_size=100), context=st.binary(max_size=20), place=st.integers(min_value=0))
    def test_opens_as_sealed_and_no_other(self, algorithm, plain, context, place):
        key = ciphers.new_key(algorithm)
        sealed = ciphers.seal(algorithm, key, plain, context=context)
        assert ciphers.unseal(algorithm, key, sealed, context=context) == plain

        at = place % len(sealed)
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        for other, elsewhere, with_key in (
            (changed, context, key),
            (sealed, context + b"x", key),
            (sealed, context, ciphers.new_key(algorithm)),
            (sealed[:20], context, key),
            (sealed, context, key + b"0"),
        ):
            with pytest.raises(NotAuthentic):
                ciphers.unseal(algorithm, with_key, other, context=elsewhere)

    def test_refuses_others(self):
        with pytest.raises(UnknownAlgorithm, match="rc4"):
            ciphers.new_key("rc4")


class TestSignatures:
    def test_ed25519(self):  # RFC 8032, 7.1, test 3
        key = signing.signing_key(
            "ed25519", h("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
        )
        assert key.public.hex() == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
        assert key.sign(h("af82")).hex() == (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        )

    # GM/T 0003.5-2012 (GB/T 32918.5), appendix A.2: the recommended curve, signer ALICE123@YAHOO.COM is of the
    # older draft; the final text signs "message digest" under the default name with this key.
    SM2_PRIVATE = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
    SM2_PUBLIC = (
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    SM2_SIGNATURE = (
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )

    @pytest.mark.parametrize("library", [sm2.Gmssl, sm2.Gmalg])
    def test_sm2(self, library):
        if library is sm2.Gmssl:
            pytest.importorskip("gmssl_pyx")
        public, signature = h(self.SM2_PUBLIC), h(self.SM2_SIGNATURE)
        assert sm2.public_key(h(self.SM2_PRIVATE)) == public
        assert library().verify(public, b"message digest", signature)
        assert not library().verify(public, b"message digesT", signature)

    def test_the_two_sm2_libraries_verify_each_other(self):
        pytest.importorskip("gmssl_pyx")
        key = signing.generate("sm2")
        for signer, reader in ((sm2.Gmssl(), sm2.Gmalg()), (sm2.Gmalg(), sm2.Gmssl())):
            assert reader.verify(key.public, b"m", signer.sign(key.private, key.public, b"m"))

    def test_ecdsa_p256(self):  # RFC 6979, A.2.5: SHA-256, "sample"
        key = signing.signing_key(
            "ecdsa-p256", h("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
        )
        signature = h(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        )
        assert key.public.hex().startswith("60fed4ba255a9d31c961eb74c6356d68")
        assert signing.is_signed("ecdsa-p256", key.public, b"sample", signature)

    @pytest.mark.parametrize("algorithm", signing.ALGORITHMS)
    @settings(max_examples=10, deadline=None)
    @given(message=st.binary(max_size=100), place=st.integers(0, 63))
    def test_verifies_its_own_and_no_other(self, algorithm, message, place):
        key, other = signing.generate(algorithm), signing.generate(algorithm)
        signature = key.sign(message)
        changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]

        assert signing.is_signed(algorithm, key.public, message, signature)
        assert not signing.is_signed(algorithm, key.public, message + b"x", signature)
        assert not signing.is_signed(algorithm, other.public, message, signature)
        assert not signing.is_signed(algorithm, key.public, message, changed)
        assert not signing.is_signed(algorithm, key.public, message, signature[:-1])
        assert not signing.is_signed(algorithm, key.public[:-1], message, signature)

    def test_a_private_key_is_not_printed(self):
        key = signing.generate("ed25519")
        assert key.private.hex() not in repr(key)
        assert str(key.private) not in repr(key)

    def test_refuses_others(self):
        with pytest.raises(UnknownAlgorithm, match="rsa"):
            signing.generate("rsa")
