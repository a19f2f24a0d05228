"""Policy (政策制度): the laws and rules on which acts rest, with the days between which they hold."""
