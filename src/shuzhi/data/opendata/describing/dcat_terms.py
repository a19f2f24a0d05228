"""The words of a DCAT graph: agents, themes, languages, texts in two languages."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, SKOS, XSD

from shuzhi.data.catalog.themes import theme_title
from shuzhi.data.catalog.types import Entry, Update
from shuzhi.foundation.words import Words

SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
AUTHORITY = "http://publications.europa.eu/resource/authority"
FREQUENCY = Namespace(f"{AUTHORITY}/frequency/")
FILE_TYPE = Namespace(f"{AUTHORITY}/file-type/")
LANGUAGE = Namespace(f"{AUTHORITY}/language/")
ACCESS_RIGHT = Namespace(f"{AUTHORITY}/access-right/")
MEDIA_TYPE = Namespace("https://www.iana.org/assignments/media-types/")
FREQUENCIES = {
    Update.REALTIME: FREQUENCY.UPDATE_CONT,
    Update.DAILY: FREQUENCY.DAILY,
    Update.WEEKLY: FREQUENCY.WEEKLY,
    Update.MONTHLY: FREQUENCY.MONTHLY,
    Update.QUARTERLY: FREQUENCY.QUARTERLY,
    Update.YEARLY: FREQUENCY.ANNUAL,
    Update.IRREGULAR: FREQUENCY.IRREG,
    Update.ONCE: FREQUENCY.NEVER,
}


def theme_of(graph: Graph, base: str, theme: str) -> URIRef:
    """A theme as a concept of this catalog's own scheme."""
    scheme, concept = URIRef(f"{base}/catalog#themes"), URIRef(f"{base}/catalog#theme-{theme}")
    if (concept, RDF.type, SKOS.Concept) not in graph:
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.inScheme, scheme))
        graph.add((scheme, RDF.type, SKOS.ConceptScheme))
        say(graph, concept, SKOS.prefLabel, theme_title(theme))
        say(graph, scheme, DCTERMS.title, Words(zh="主题", en="Themes"))
    return concept


def publisher_of(graph: Graph, base: str, entry: Entry, offices: dict[str, Words]) -> URIRef:
    """Who publishes an entry: our office, or whom the other node's catalog names."""
    if entry.publisher:
        said = quote(entry.publisher, safe="")
        agent = URIRef(f"{base}/offices/{entry.owner}/#{said}")
        return named_agent(graph, agent, Words(zh=entry.publisher, en=""))
    name = offices.get(entry.owner, Words(zh=entry.owner, en=""))
    return named_agent(graph, URIRef(f"{base}/offices/{entry.owner}/"), name)


def named_agent(graph: Graph, agent: URIRef, name: Words) -> URIRef:
    """An agent with its name."""
    graph.add((agent, RDF.type, FOAF.Agent))
    say(graph, agent, FOAF.name, name)
    return agent


def contact_of(graph: Graph, base: str, entry: Entry, name: Words) -> URIRef:
    """Where to ask about an entry: the office's page and the city's one number, 12345."""
    contact = URIRef(f"{base}/offices/{entry.owner}/#contact")
    for kind in (VCARD.Organization, VCARD.Kind):
        graph.add((contact, RDF.type, kind))
    graph.add((contact, VCARD.fn, Literal(name.zh)))
    graph.add((contact, VCARD.hasURL, URIRef(f"{base}/offices/{entry.owner}/")))
    graph.add((contact, VCARD.hasTelephone, URIRef("tel:12345")))
    return contact


def speak(graph: Graph, thing: URIRef) -> None:
    """A thing is described in Chinese and English."""
    for code in ("ZHO", "ENG"):
        graph.add((thing, DCTERMS.language, LANGUAGE[code]))
        graph.add((LANGUAGE[code], RDF.type, DCTERMS.LinguisticSystem))


def say(graph: Graph, subject: URIRef, predicate: URIRef, words: Words) -> None:
    """A text in the languages there are."""
    for language, text in words.tagged.items():
        graph.add((subject, predicate, Literal(text, lang=language)))


def moment(at: datetime) -> Literal:
    """A moment."""
    return Literal(at.isoformat(), datatype=XSD.dateTime)
