"""Exchange (共享): interfaces, subscriptions, credentials, and the gateway that decides every call.

An office asks for an interface with a purpose, a legal basis and a period; the owner and the bureau
approve; the gateway then answers signed calls, masked by grade, and no answer leaves before its audit entry.
"""
