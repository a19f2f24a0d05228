"""The electronic archive (电子档案): closed cases packed with their history, signed, checked four ways (真实、完整、可用、安全), kept as
long as their kind says, read under audit, destroyed only by two people; a package is verified anywhere.
"""
