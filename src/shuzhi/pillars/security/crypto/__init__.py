"""Cryptography (密码): one port over the national algorithms (SM2, SM3, SM4) and the international ones.

Rooms name an algorithm and never a library; no primitive is home-made. Free of Django, so that the gateway and
stand-alone tools use the same.

| topic | file | algorithms |
|---|---|---|
| digests and MACs | `digests` | `sha256`, `sm3` |
| signatures | `signing` | `ed25519`, `ecdsa-p256`, `sm2` |
| authenticated encryption | `ciphers` | `aes-256-gcm`, `sm4-gcm` |
| keys that encrypt stored values | `keyring`, `masters` | data keys wrapped by a master key |
"""
