"""Signing in as staff see it (登录管理): one's own password, second factor and sessions; for administrators the accounts, and what is paused."""
