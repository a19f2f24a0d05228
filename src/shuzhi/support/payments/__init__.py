"""Payments (支付): orders that somebody pays (缴费) or is paid (拨付), over a port to a gateway; whatever the gateway or a killed
worker does, the money moves once, and a ledger of two sides says where it is.
"""
