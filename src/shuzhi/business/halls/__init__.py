"""Halls (政务服务大厅): one window for every matter (一窗受理), its queues, tickets, number calling and appointments."""
