"""The messaging API of GovStack's building block (contract 0.1.1), under /govstack/messaging and its /v1.

The contract puts the object `body` into the address; it is taken from there or from the request's body. It knows two
answers, 200 and 405 for input that is none. Who has no key is told so by 401.
"""
