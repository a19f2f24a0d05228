"""Open data (开放): releases for everyone, a portal, the CKAN action API, DCAT.

A data set comes into the open domain only by a recorded decision; what is open is a copy of the fields that
may be open, never a view of the collected data.
"""
