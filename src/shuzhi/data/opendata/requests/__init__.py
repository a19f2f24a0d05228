"""What the public asks of open data (点单、意见、案例、关注): demands, feedback, use cases, following."""
