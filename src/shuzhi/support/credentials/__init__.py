"""Credentials (电子证照) and the one code (一码通): issued from results, verified by anyone with public keys alone.

| file | holds |
|---|---|
| `formats/` | SD-JWT VC, status lists, CWT for codes, PDF with PAdES: bytes, no database |
| `verifying.py` | is this genuine, in force, and what does it show |
| `verify_credential.py` | the same in one file for whoever trusts nobody |
| `services/` | issue, suspend, resume, revoke; ask for and agree to reuse (免证办); make and read codes |
"""
