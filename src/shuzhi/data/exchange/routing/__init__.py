"""Calls from node to node (跨节点调用): district → city → province, with the same proof on both sides.

A call that another node serves is decided here first, then signed with this node's key and sent on, with the caller's own
signed request inside. The far node decides it by the subscription that it granted this node, and signs its answer.
"""
