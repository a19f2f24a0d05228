"""Cases (办件): a matter done for somebody, from submission by way of acceptance, correction and review to a decision, its
credential, delivery and the archive; decided at once where a rule can (秒办), or on a signed commitment (告知承诺).
"""
