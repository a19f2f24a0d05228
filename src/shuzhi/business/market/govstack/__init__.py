"""The consent API of GovStack's building block (contract 1.1.0-rc1), under /govstack/consent.

Outside systems come with a token (`Authorization: Bearer …`); what a token may do is its scopes. The contract knows two
answers, 200 and 400; who has no token is told so by 401, whose token does not reach this far by 403.
"""
