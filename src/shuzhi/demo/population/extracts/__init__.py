"""The departments' extracts (部门数据): one module a department, one function an entity."""
