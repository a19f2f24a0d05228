"""Forms at a service window (窗口填表): a clerk fills in with the person who came."""
