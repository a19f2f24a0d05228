"""Signing in elsewhere with an account of this node (OpenID Connect 1.0 提供方): code flow with PKCE, nothing else."""
