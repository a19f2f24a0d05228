from shuzhi.business.matters.models.cases import Case, CaseDay, CaseStep, CountedDay
from shuzhi.business.matters.models.crossing import Came, CaseFile, Crossing
from shuzhi.business.matters.models.fees import Assessed, LetOff
from shuzhi.business.matters.models.library import Matter, Vocabulary

__all__ = [
    "Assessed",
    "Came",
    "Case",
    "CaseDay",
    "CaseFile",
    "CaseStep",
    "CountedDay",
    "Crossing",
    "LetOff",
    "Matter",
    "Vocabulary",
]
