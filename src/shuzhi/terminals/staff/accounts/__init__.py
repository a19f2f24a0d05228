"""Signing in as staff see it (登录管理): one's own sessions, and for administrators what is paused."""
