"""Open data (开放数据): the portal, a data set and its files."""
