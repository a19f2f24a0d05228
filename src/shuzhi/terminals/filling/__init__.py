"""Filling in a form (填表): one renderer for both ends, whole without script; the browser's module only adds to it."""
