"""Data products, contracts and statements as offices see them (数据产品、合同、结算): what they sell, buy and are owed."""
