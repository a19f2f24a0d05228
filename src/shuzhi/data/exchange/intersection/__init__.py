"""Private set intersection (隐私求交): two offices learn which keys both hold, and show each other no other key.

The asking office sends its keys blinded by its secret; the answering office blinds them once more and adds its
own keys, blinded once. The asker finishes the second blinding and compares: what is equal, both hold. The answerer
learns how many keys the asker holds, the asker how many the answerer holds, and neither learns another key.
"""

from shuzhi.data.exchange.intersection.protocol import (
    Answer,
    Question,
    Reveal,
    Secret,
    answer_question,
    ask_question,
    finish_question,
)

__all__ = [
    "Answer",
    "Question",
    "Reveal",
    "Secret",
    "answer_question",
    "ask_question",
    "finish_question",
]
