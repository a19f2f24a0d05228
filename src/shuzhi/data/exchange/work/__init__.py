"""Work that takes longer than a call (批量任务): the gateway takes the order, the worker does it, the caller collects it."""
