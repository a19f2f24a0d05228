"""The open catalog as DCAT-AP: Turtle and JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, XSD

from shuzhi.data.catalog.types import Entry, Update
from shuzhi.data.opendata.licences import licence
from shuzhi.data.opendata.types import Release
from shuzhi.foundation.words import Words

SPDX = Namespace("http://spdx.org/rdf/terms#")
FREQUENCY = Namespace("http://publications.europa.eu/resource/authority/frequency/")
FILE_TYPE = Namespace("http://publications.europa.eu/resource/authority/file-type/")
LANGUAGE = Namespace("http://publications.europa.eu/resource/authority/language/")
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


def catalog_graph(
    entries: Iterable[Entry],
    releases: dict[str, Release],
    offices: dict[str, Words],
    *,
    base: str,
    title: Words,
) -> Graph:
    """The catalog with its data sets, distributions and publishers."""
    graph = Graph()
    for prefix, space in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("spdx", SPDX)):
        graph.bind(prefix, space)
    catalog = URIRef(f"{base}/catalog")
    publisher = _named_agent(graph, URIRef(f"{base}/about/"), title)
    graph.add((catalog, RDF.type, DCAT.Catalog))
    _say(graph, catalog, DCTERMS.title, title)
    _say(graph, catalog, DCTERMS.description, title)
    _speak(graph, catalog)
    graph.add((catalog, DCTERMS.publisher, publisher))
    graph.add((catalog, FOAF.homepage, URIRef(f"{base}/")))
    graph.add((URIRef(f"{base}/"), RDF.type, FOAF.Document))
    for entry in entries:
        dataset = _dataset(graph, entry, releases.get(entry.id), offices, base=base)
        graph.add((catalog, DCAT.dataset, dataset))
    return graph


def _dataset(
    graph: Graph, entry: Entry, release: Release | None, offices: dict[str, Words], *, base: str
) -> URIRef:
    dataset = URIRef(f"{base}/data/{entry.id}/")
    graph.add((dataset, RDF.type, DCAT.Dataset))
    graph.add((dataset, DCTERMS.identifier, Literal(entry.id)))
    _say(graph, dataset, DCTERMS.title, entry.title)
    _say(graph, dataset, DCTERMS.description, entry.summary or entry.title)
    graph.add((dataset, DCTERMS.publisher, _publisher(graph, base, entry, offices)))
    graph.add((dataset, DCAT.landingPage, dataset))
    graph.add((dataset, RDF.type, FOAF.Document))
    graph.add(
        (
            dataset,
            DCTERMS.issued,
            Literal((entry.published_at or entry.proposed_at).isoformat(), datatype=XSD.dateTime),
        )
    )
    graph.add((dataset, DCTERMS.accrualPeriodicity, FREQUENCIES[entry.update]))
    graph.add((FREQUENCIES[entry.update], RDF.type, DCTERMS.Frequency))
    for tag in entry.schema_.tags:
        graph.add((dataset, DCAT.keyword, Literal(tag, lang="zh")))
    if release is not None:
        graph.add(
            (dataset, DCTERMS.modified, Literal(release.released_at.isoformat(), datatype=XSD.dateTime))
        )
        for form in release.files:
            graph.add(
                (dataset, DCAT.distribution, _distribution(graph, entry, release, form.format, base=base))
            )
    return dataset


def _distribution(graph: Graph, entry: Entry, release: Release, form: str, *, base: str) -> URIRef:
    file = release.file(form)
    download = URIRef(f"{base}/data/{entry.id}/download/{form}")
    distribution = URIRef(f"{download}#distribution")
    graph.add((distribution, RDF.type, DCAT.Distribution))
    graph.add((distribution, DCAT.accessURL, URIRef(f"{base}/data/{entry.id}/")))
    graph.add((distribution, DCAT.downloadURL, download))
    for target in (download, URIRef(f"{base}/data/{entry.id}/")):
        graph.add((target, RDF.type, RDFS.Resource))
    _say(
        graph,
        distribution,
        DCTERMS.title,
        Words(
            zh=f"{entry.title.zh}（{form.upper()}）",
            en=entry.title.en and f"{entry.title.en} ({form.upper()})",
        ),
    )
    graph.add((distribution, DCTERMS.format, FILE_TYPE[form.upper()]))
    graph.add((FILE_TYPE[form.upper()], RDF.type, DCTERMS.MediaTypeOrExtent))
    media = MEDIA_TYPE[file.media_type]
    graph.add((distribution, DCAT.mediaType, media))
    graph.add((media, RDF.type, DCTERMS.MediaType))
    graph.add((distribution, DCAT.byteSize, Literal(file.size, datatype=XSD.nonNegativeInteger)))
    checksum = URIRef(f"{distribution}-checksum")
    graph.add((distribution, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((SPDX.checksumAlgorithm_sha256, RDF.type, SPDX.ChecksumAlgorithm))
    graph.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)))
    terms = licence(release.licence)
    if terms.url:
        graph.add((distribution, DCTERMS.license, URIRef(terms.url)))
        graph.add((URIRef(terms.url), RDF.type, DCTERMS.LicenseDocument))
    return distribution


def _publisher(graph: Graph, base: str, entry: Entry, offices: dict[str, Words]) -> URIRef:
    if entry.publisher:
        said = quote(entry.publisher, safe="")
        return _named_agent(
            graph,
            URIRef(f"{base}/offices/{entry.owner}/#{said}"),
            Words(zh=entry.publisher, en=""),
        )
    name = offices.get(entry.owner, Words(zh=entry.owner, en=""))
    return _named_agent(graph, URIRef(f"{base}/offices/{entry.owner}/"), name)


def _named_agent(graph: Graph, agent: URIRef, name: Words) -> URIRef:
    graph.add((agent, RDF.type, FOAF.Agent))
    _say(graph, agent, FOAF.name, name)
    return agent


def _speak(graph: Graph, catalog: URIRef) -> None:
    for code in ("ZHO", "ENG"):
        graph.add((catalog, DCTERMS.language, LANGUAGE[code]))
        graph.add((LANGUAGE[code], RDF.type, DCTERMS.LinguisticSystem))


def _say(graph: Graph, subject: URIRef, predicate: URIRef, words: Words) -> None:
    for language, text in words.tagged.items():
        graph.add((subject, predicate, Literal(text, lang=language)))
