"""Forms as residents and firms meet them (办事表单): sign in, begin, fill in, submit."""
