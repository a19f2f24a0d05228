from shuzhi.business.matters.models.cases import Case, CaseDay, CaseStep, CountedDay
from shuzhi.business.matters.models.crossing import Came, Crossing
from shuzhi.business.matters.models.library import Matter, Vocabulary

__all__ = ["Came", "Case", "CaseDay", "CaseStep", "CountedDay", "Crossing", "Matter", "Vocabulary"]
