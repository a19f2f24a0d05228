"""A population that does not exist (演示人口): firms and persons of Hangzhou, invented from a seed.

Departments' extracts of one known population are written in the formats and with the errors that real extracts have, so that
collection, quality and linkage can be shown and measured. Because the population is known, `truth.jsonl` says for every row
whom it describes and what was broken in it. The same seed gives the same bytes. Every file says 演示数据 (synthetic data).
"""

from shuzhi.demo.population.generate import generate
from shuzhi.demo.population.types import Manifest

__all__ = ["Manifest", "generate"]
