"""Credentials at the office (电子证照): what was issued, asking for one instead of paper, checking the one code."""
