from shuzhi.business.matters.models.cases import Case, CaseDay, CaseStep, CountedDay
from shuzhi.business.matters.models.library import Matter

__all__ = ["Case", "CaseDay", "CaseStep", "CountedDay", "Matter"]
