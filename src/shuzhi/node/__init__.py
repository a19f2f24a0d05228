"""Node (节点): one installation, assembled: Django settings, processes, command line."""
