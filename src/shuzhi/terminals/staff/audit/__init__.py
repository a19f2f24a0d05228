"""Page of the audit log (审计日志): who did what, and whether anybody altered the log."""
