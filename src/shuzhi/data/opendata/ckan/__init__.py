"""The CKAN action API (version 3) over the catalog and the open tables, for clients and harvesters that speak it.

Source: the CKAN 2.11 API guide. What is not open is not there; owners write with a token (`writing/`).
"""
