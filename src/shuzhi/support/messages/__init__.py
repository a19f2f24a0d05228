"""Messages (消息): by template to a person's inbox, by mail, by SMS and to other systems, each with its delivery state.

Accepting a message is one transaction and waits for no network. The dispatcher delivers, one lane a destination.
"""
