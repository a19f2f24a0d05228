"""Foundation (底座): database, lake, files, jobs, outbox, clock, errors, settings."""
