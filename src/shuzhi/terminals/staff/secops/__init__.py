"""Security incidents as staff see them (安全事件): the list, one with its evidence, what is done about it."""
