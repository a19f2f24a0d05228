"""OGC API Features (空间要素接口): open data sets whose rows have places, for maps and desktop programs.

Source: OGC 17-069r4 (Part 1: Core) and OGC 18-058r1 (Part 2: Coordinate Reference Systems by Reference).
"""
