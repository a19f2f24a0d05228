"""Contests of open data as the bureau runs them (大赛): announce, see the entries, award."""
