"""Scenarios (验收场景): what a pack is for, told as a clerk tells it, and run on a throwaway node.

A scenario says on which day, what is given, who does what, and what then holds. Each step holds one verb;
what it gives may be kept under a name; expectations are FEEL. There is no code in a scenario.
"""
