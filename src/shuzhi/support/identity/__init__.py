"""Identity (用户、认证): accounts, sign-in, and which actor a request acts as."""
