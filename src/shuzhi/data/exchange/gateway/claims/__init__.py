"""Claims (占用): what calls use up, and that no other call may have: their nonces, the rate and the quota.

They are kept in the memory that the processes of one gateway share, and with each audit block on disk (`kept`); or,
where gateways on several machines serve one database, as its rows (`rows`). docs/adr/0055 says why.
"""
