"""The window clerk's pages (窗口)."""
