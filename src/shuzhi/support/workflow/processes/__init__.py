"""Processes (流程图): BPMN 2.0 run by SpiffWorkflow, of whose Python nothing is ever reached by a pack's text.

From text to running: `reading` (safe XML) → `model.Model` (what the file says) → `checking` (what can't run,
by name) → `building` (the engine's task specs, made by us and never parsed from the file) → `running.Run` (one
instance: in, a step; out, what it waits for) → `snapshots` (a few kilobytes of JSON) → `services` (one transaction).
"""
