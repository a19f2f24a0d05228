"""My data (我的数据): the consents that a signed-in person or firm gave, giving and withdrawing them, who saw the data; one's cases."""
