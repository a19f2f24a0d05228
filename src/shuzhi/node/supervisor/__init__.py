"""Supervisor (进程监护): starts a node's processes, restarts what dies, ends all, leaves no orphan.

Three nets, one below the other: the supervisor ends its children; when it is killed itself, Linux
ends them; and what a record under `SHUZHI_HOME/run` still names is ended by the next start or stop.
"""
