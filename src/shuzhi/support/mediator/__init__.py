"""Information mediator (信息中介): outside systems that call the building blocks' contracts, and what each may do there.

A call names its member by `Information-Mediator-Client: INSTANCE/CLASS/MEMBER/SUBSYSTEM`; who it is, a token says, or the network
of a security server that the operator has named.
"""
