"""One's own account (我的账号): sign-in, sessions, and who acts for whom."""
