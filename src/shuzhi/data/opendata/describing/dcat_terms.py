"""The words of a DCAT graph: agents, contacts, subjects, places, spans of time, languages."""

from __future__ import annotations

from urllib.parse import quote

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD

from shuzhi.data.catalog.themes import theme_title
from shuzhi.data.catalog.types import Entry
from shuzhi.data.opendata.describing import dcat_authorities as authorities
from shuzhi.data.opendata.describing.dcat_texts import say
from shuzhi.data.opendata.types import Extent
from shuzhi.foundation.words import Words

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
GEOSPARQL = Namespace("http://www.opengis.net/ont/geosparql#")


def theme_of(graph: Graph, base: str, theme: str) -> URIRef:
    """A theme as a concept of this catalog's own scheme."""
    scheme, concept = URIRef(f"{base}/catalog#themes"), URIRef(f"{base}/catalog#theme-{theme}")
    return authorities.concept(graph, concept, scheme, theme_title(theme), Words(zh="主题", en="Themes"))


def publisher_of(graph: Graph, base: str, entry: Entry, offices: dict[str, Words]) -> URIRef:
    """Who publishes an entry: our office, or whom the other node's catalog names."""
    if entry.publisher:
        said = quote(entry.publisher, safe="")
        agent = URIRef(f"{base}/offices/{entry.owner}/#{said}")
        return named_agent(graph, agent, Words(zh=entry.publisher, en=""))
    name = offices.get(entry.owner, Words(zh=entry.owner, en=""))
    office = named_agent(graph, URIRef(f"{base}/offices/{entry.owner}/"), name)
    if entry.node is None and (office, DCTERMS.type, None) not in graph:
        graph.add((office, DCTERMS.type, authorities.publisher_type(graph, entry.tier)))
    return office


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
        language = authorities.term(graph, authorities.LANGUAGE, code, DCTERMS.LinguisticSystem)
        graph.add((thing, DCTERMS.language, language))


def cover(graph: Graph, dataset: URIRef, extent: Extent) -> None:
    """Where the rows of a data set are, and of when."""
    place = URIRef(f"{dataset}#place")
    west, south, east, north = extent.box
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = ", ".join(f"{x} {y}" for x, y in corners)
    middle = f"POINT({(west + east) / 2} {(south + north) / 2})"
    graph.add((dataset, DCTERMS.spatial, place))
    graph.add((place, RDF.type, DCTERMS.Location))
    graph.add((place, DCAT.bbox, Literal(f"POLYGON(({ring}))", datatype=GEOSPARQL.wktLiteral)))
    graph.add((place, DCAT.centroid, Literal(middle, datatype=GEOSPARQL.wktLiteral)))
    if extent.since and extent.until:
        span = URIRef(f"{dataset}#time")
        graph.add((dataset, DCTERMS.temporal, span))
        graph.add((span, RDF.type, DCTERMS.PeriodOfTime))
        graph.add((span, DCAT.startDate, Literal(extent.since, datatype=XSD.dateTime)))
        graph.add((span, DCAT.endDate, Literal(extent.until, datatype=XSD.dateTime)))
