"""Signing in with an account of an outside provider (统一身份认证登录), such as a province's: OpenID Connect, code flow with PKCE."""
