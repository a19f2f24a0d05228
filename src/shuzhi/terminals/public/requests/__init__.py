"""What the public asks of open data: requests, feedback, use cases, following."""
