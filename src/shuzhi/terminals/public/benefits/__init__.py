"""Benefits: the policies, and what was found for me."""
