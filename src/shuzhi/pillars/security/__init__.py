"""Security (政务网络安全): actor, access policy, grading, masking and the audit log that anyone can verify."""
