"""Incidents and requests (事件、诉求): taken in by call, app or letter, classified, dispatched, handled, verified with whoever
asked, and opened again where it is not solved. The first of its desks is the hotline 12345.
"""
