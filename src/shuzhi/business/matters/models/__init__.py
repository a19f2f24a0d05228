from shuzhi.business.matters.models.cases import Case, CaseDay, CaseStep, CountedDay
from shuzhi.business.matters.models.library import Matter, Vocabulary

__all__ = ["Case", "CaseDay", "CaseStep", "CountedDay", "Matter", "Vocabulary"]
