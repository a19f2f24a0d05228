"""Delegation (代办): an agent, a guardian or a firm's clerk acts for somebody else, in named matters, for a time."""
