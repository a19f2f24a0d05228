"""The open catalog as DCAT-AP 3.0.0: Turtle and JSON-LD.

Source: SEMIC, DCAT-AP 3.0.0 (2024-06). Every node has the class that the profile demands of it, so that the
catalog can be checked without asking any other server.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS

from shuzhi.data.catalog.types import Entry
from shuzhi.data.opendata.describing import dcat_authorities as authorities
from shuzhi.data.opendata.describing.dcat_distributions import distribution, serve
from shuzhi.data.opendata.describing.dcat_terms import (
    VCARD,
    contact_of,
    cover,
    named_agent,
    publisher_of,
    speak,
    theme_of,
)
from shuzhi.data.opendata.describing.dcat_texts import moment, say
from shuzhi.data.opendata.types import Release
from shuzhi.foundation.words import Words

VERSION = URIRef(f"{DCAT}version")  # which rdflib does not know yet
PROFILE = URIRef("https://semiceu.github.io/DCAT-AP/releases/3.0.0/")
VERSION = URIRef(f"{DCAT}version")  # of DCAT 3, which the library does not know yet
SPACES = (
    ("dcat", DCAT),
    ("dct", DCTERMS),
    ("dcatap", Namespace("http://data.europa.eu/r5r/")),
    ("foaf", FOAF),
    ("spdx", authorities.SPDX),
    ("skos", SKOS),
    ("vcard", VCARD),
)


def catalog_graph(
    entries: Iterable[Entry],
    releases: dict[str, Release],
    offices: dict[str, Words],
    *,
    base: str,
    title: Words,
) -> Graph:
    """The catalog with its data sets, their records, distributions, services, themes and publishers."""
    graph, entries = Graph(), list(entries)
    for prefix, space in SPACES:
        graph.bind(prefix, space)
    catalog = _catalog(graph, base, title)
    for entry in entries:
        release = releases.get(entry.id)
        dataset = _dataset(graph, entry, release, offices, base=base)
        graph.add((catalog, DCAT.dataset, dataset))
        graph.add((catalog, DCAT.record, _record(graph, entry, dataset)))
        if release is not None:
            serve(graph, catalog, dataset, release, base=base)
    if entries:
        _date(graph, catalog, entries, releases)
    return graph


def _catalog(graph: Graph, base: str, title: Words) -> URIRef:
    catalog = URIRef(f"{base}/catalog")
    publisher = named_agent(graph, URIRef(f"{base}/about/"), title)
    graph.add((catalog, RDF.type, DCAT.Catalog))
    say(graph, catalog, DCTERMS.title, title)
    say(graph, catalog, DCTERMS.description, title)
    speak(graph, catalog)
    graph.add((catalog, DCTERMS.publisher, publisher))
    graph.add((catalog, FOAF.homepage, URIRef(f"{base}/")))
    graph.add((URIRef(f"{base}/"), RDF.type, FOAF.Document))
    return catalog


def _date(graph: Graph, catalog: URIRef, entries: list[Entry], releases: dict[str, Release]) -> None:
    """Since when there is the catalog, when it changed last, and by which subjects it is divided."""
    changed = [entry.modified_at for entry in entries] + [each.released_at for each in releases.values()]
    graph.add((catalog, DCTERMS.issued, moment(min(entry.proposed_at for entry in entries))))
    graph.add((catalog, DCTERMS.modified, moment(max(changed))))
    for scheme in set(graph.subjects(RDF.type, SKOS.ConceptScheme)) & {
        authorities.DATA_THEME,
        URIRef(f"{catalog}#themes"),
    }:
        graph.add((catalog, DCAT.themeTaxonomy, scheme))


def _record(graph: Graph, entry: Entry, dataset: URIRef) -> URIRef:
    """When the catalog came to know of a data set, and when what it says changed last."""
    record = URIRef(f"{dataset}#record")
    graph.add((record, RDF.type, DCAT.CatalogRecord))
    graph.add((record, FOAF.primaryTopic, dataset))
    # Every data set is a resource; a validator that draws no conclusions has to be told.
    graph.add((dataset, RDF.type, DCAT.Resource))
    graph.add((record, DCTERMS.issued, moment(entry.published_at or entry.proposed_at)))
    graph.add((record, DCTERMS.modified, moment(entry.modified_at)))
    graph.add((record, DCTERMS.conformsTo, PROFILE))
    graph.add((PROFILE, RDF.type, DCTERMS.Standard))
    return record


def _dataset(
    graph: Graph, entry: Entry, release: Release | None, offices: dict[str, Words], *, base: str
) -> URIRef:
    dataset = URIRef(f"{base}/data/{entry.id}/")
    publisher = publisher_of(graph, base, entry, offices)
    name = Words(zh=entry.publisher, en="") if entry.publisher else offices.get(entry.owner)
    graph.add((dataset, RDF.type, DCAT.Dataset))
    graph.add((dataset, DCTERMS.identifier, Literal(entry.id)))
    say(graph, dataset, DCTERMS.title, entry.title)
    say(graph, dataset, DCTERMS.description, entry.summary or entry.title)
    graph.add((dataset, DCTERMS.publisher, publisher))
    contact = contact_of(graph, base, entry, name or Words(zh=entry.owner, en=""))
    graph.add((dataset, DCAT.contactPoint, contact))
    graph.add((dataset, DCAT.theme, authorities.data_theme(graph, entry.theme)))
    graph.add((dataset, DCTERMS.subject, theme_of(graph, base, entry.theme)))
    graph.add((dataset, DCAT.landingPage, dataset))
    graph.add((dataset, RDF.type, FOAF.Document))
    graph.add((dataset, RDF.type, RDFS.Resource))
    graph.add((dataset, DCTERMS.issued, moment(entry.published_at or entry.proposed_at)))
    _classify(graph, dataset, entry)
    for tag in entry.schema_.tags:
        graph.add((dataset, DCAT.keyword, Literal(tag, lang="zh")))
    if release is not None:
        graph.add((dataset, DCTERMS.modified, moment(release.released_at)))
        graph.add((dataset, VERSION, Literal(str(release.number))))
        if release.extent is not None:
            cover(graph, dataset, release.extent)
        for file in release.files:
            graph.add((dataset, DCAT.distribution, distribution(graph, entry, release, file, base=base)))
    return dataset


def _classify(graph: Graph, dataset: URIRef, entry: Entry) -> None:
    """How often it changes and who may have it, in the EU's terms."""
    frequency = authorities.FREQUENCIES[entry.update]
    often = authorities.term(graph, authorities.FREQUENCY, frequency, DCTERMS.Frequency)
    right = authorities.RIGHTS[entry.opening]
    whose = authorities.term(graph, authorities.ACCESS_RIGHT, right, DCTERMS.RightsStatement)
    graph.add((dataset, DCTERMS.accrualPeriodicity, often))
    graph.add((dataset, DCTERMS.accessRights, whose))
