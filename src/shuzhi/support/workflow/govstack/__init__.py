"""The workflow API of GovStack's building block (contract 1.0.0), under /govstack/workflow: processes and their instances.

A process is one that a pack declares, or that an admitted system brought as BPMN; an instance is a case (办件).
"""
