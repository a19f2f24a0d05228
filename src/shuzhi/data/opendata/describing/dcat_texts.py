"""Texts and times in a DCAT graph."""

from __future__ import annotations

from datetime import datetime

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import XSD

from shuzhi.foundation.words import Words


def say(graph: Graph, subject: URIRef, predicate: URIRef, words: Words) -> None:
    """A text in the languages there are."""
    for language, text in words.tagged.items():
        graph.add((subject, predicate, Literal(text, lang=language)))


def moment(at: datetime) -> Literal:
    """A moment."""
    return Literal(at.isoformat(), datatype=XSD.dateTime)
