"""CKAN's writing actions, mapped onto the catalog, the sources and the releases with their own rules.

What is created is a proposal until the bureau publishes it; rows are a batch until somebody who may opens the data set
(`private: false`). No action goes around a review.
"""
