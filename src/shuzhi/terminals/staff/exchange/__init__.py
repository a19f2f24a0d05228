"""Pages of the exchange (共享): interfaces, asking for one, subscriptions and their keys."""
