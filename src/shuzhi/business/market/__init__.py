"""Data elements (数据要素): agreements that persons and firms are asked to consent to, their data accounts, and the
consents that they give and withdraw. What is in force is told to `pillars.security.consents`, which every way out asks.
"""
