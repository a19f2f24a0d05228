"""Decisions (规则、决策): rules that a jurist can read, parsed once and run in Python, in SQL and in the browser.

`feel` is the expression language (OMG DMN 1.5, chapter 10); the decision models build on it. Every answer is
a value, or says what input is missing, or where the rule itself is wrong: never a silent null.
"""
