"""The open catalog as DCAT-AP 3.0.0: Turtle and JSON-LD.

Source: SEMIC, DCAT-AP 3.0.0 (2024-06). Every node has the class that the profile demands of it, so that the
catalog can be checked without asking any other server.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS

from shuzhi.data.catalog.types import Access, Entry
from shuzhi.data.opendata.describing.dcat_distributions import distribution, serve
from shuzhi.data.opendata.describing.dcat_terms import (
    ACCESS_RIGHT,
    FREQUENCIES,
    SPDX,
    VCARD,
    contact_of,
    moment,
    named_agent,
    publisher_of,
    say,
    speak,
    theme_of,
)
from shuzhi.data.opendata.types import Release
from shuzhi.foundation.words import Words

RIGHTS = {
    Access.UNCONDITIONAL: ACCESS_RIGHT.PUBLIC,
    Access.CONDITIONAL: ACCESS_RIGHT.RESTRICTED,
    Access.NONE: ACCESS_RIGHT.NON_PUBLIC,
}


def catalog_graph(
    entries: Iterable[Entry],
    releases: dict[str, Release],
    offices: dict[str, Words],
    *,
    base: str,
    title: Words,
) -> Graph:
    """The catalog with its data sets, distributions, services, themes and publishers."""
    graph = Graph()
    spaces = (
        ("dcat", DCAT),
        ("dct", DCTERMS),
        ("foaf", FOAF),
        ("spdx", SPDX),
        ("skos", SKOS),
        ("vcard", VCARD),
    )
    for prefix, space in spaces:
        graph.bind(prefix, space)
    catalog = URIRef(f"{base}/catalog")
    publisher = named_agent(graph, URIRef(f"{base}/about/"), title)
    graph.add((catalog, RDF.type, DCAT.Catalog))
    say(graph, catalog, DCTERMS.title, title)
    say(graph, catalog, DCTERMS.description, title)
    speak(graph, catalog)
    graph.add((catalog, DCTERMS.publisher, publisher))
    graph.add((catalog, FOAF.homepage, URIRef(f"{base}/")))
    graph.add((URIRef(f"{base}/"), RDF.type, FOAF.Document))
    for entry in entries:
        release = releases.get(entry.id)
        dataset = _dataset(graph, entry, release, offices, base=base)
        graph.add((catalog, DCAT.dataset, dataset))
        graph.add((catalog, DCAT.themeTaxonomy, URIRef(f"{base}/catalog#themes")))
        if release is not None:
            serve(graph, catalog, dataset, release, base=base)
    return graph


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
    graph.add((dataset, DCAT.theme, theme_of(graph, base, entry.theme)))
    graph.add((dataset, DCAT.landingPage, dataset))
    graph.add((dataset, RDF.type, FOAF.Document))
    graph.add((dataset, RDF.type, RDFS.Resource))
    graph.add((dataset, DCTERMS.issued, moment(entry.published_at or entry.proposed_at)))
    graph.add((dataset, DCTERMS.accrualPeriodicity, FREQUENCIES[entry.update]))
    graph.add((FREQUENCIES[entry.update], RDF.type, DCTERMS.Frequency))
    graph.add((dataset, DCTERMS.accessRights, RIGHTS[entry.opening]))
    graph.add((RIGHTS[entry.opening], RDF.type, DCTERMS.RightsStatement))
    for tag in entry.schema_.tags:
        graph.add((dataset, DCAT.keyword, Literal(tag, lang="zh")))
    if release is not None:
        graph.add((dataset, DCTERMS.modified, moment(release.released_at)))
        for file in release.files:
            graph.add((dataset, DCAT.distribution, distribution(graph, entry, release, file, base=base)))
    return dataset
