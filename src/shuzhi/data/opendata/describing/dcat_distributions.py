"""Ways to the data in DCAT: a distribution for each file, a data service for each interface."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, RDFS, XSD

from shuzhi.data.catalog.types import Entry
from shuzhi.data.opendata.describing import dcat_authorities as authorities
from shuzhi.data.opendata.describing.dcat_authorities import MEDIA_TYPE, SPDX
from shuzhi.data.opendata.describing.dcat_texts import moment, say
from shuzhi.data.opendata.licences import licence
from shuzhi.data.opendata.types import OpenFile, Release
from shuzhi.foundation.words import Words

DCATAP = Namespace("http://data.europa.eu/r5r/")


@dataclass(frozen=True)
class Service:
    """An interface through which the rows of open data sets can be had."""

    path: str
    title: Words
    described: str


ROWS = Service("/api/data/", Words(zh="开放数据行接口", en="Rows of open data sets"), "/api/openapi.json")
ACTIONS = Service("/api/3/", Words(zh="CKAN 动作接口", en="CKAN action API"), "/api/openapi.json")
FEATURES = Service("/ogc/", Words(zh="OGC API 要素接口", en="OGC API Features"), "/ogc/api")


def describe_service(graph: Graph, catalog: URIRef, service: Service, *, base: str) -> URIRef:
    """A data service of the catalog; described once however often it is named."""
    place, document = URIRef(f"{base}{service.path}"), URIRef(f"{base}{service.described}")
    node = URIRef(f"{place}#service")
    if (node, RDF.type, DCAT.DataService) not in graph:
        graph.add((node, RDF.type, DCAT.DataService))
        say(graph, node, DCTERMS.title, service.title)
        graph.add((node, DCAT.endpointURL, place))
        graph.add((node, DCAT.endpointDescription, document))
        for each in (place, document):
            graph.add((each, RDF.type, RDFS.Resource))
        public = authorities.term(graph, authorities.ACCESS_RIGHT, "PUBLIC", DCTERMS.RightsStatement)
        graph.add((node, DCTERMS.accessRights, public))
        for publisher in graph.objects(catalog, DCTERMS.publisher):
            graph.add((node, DCTERMS.publisher, publisher))
        graph.add((catalog, DCAT.service, node))
    return node


def serve(graph: Graph, catalog: URIRef, dataset: URIRef, release: Release, *, base: str) -> None:
    """Name the services that give this data set's rows."""
    for service in (ROWS, ACTIONS, *((FEATURES,) if release.extent else ())):
        node = describe_service(graph, catalog, service, base=base)
        graph.add((node, DCAT.servesDataset, dataset))


def distribution(graph: Graph, entry: Entry, release: Release, file: OpenFile, *, base: str) -> URIRef:
    """One file of a release."""
    download = URIRef(f"{base}/data/{entry.id}/download/{file.format}")
    landing = URIRef(f"{base}/data/{entry.id}/")
    node = URIRef(f"{download}#distribution")
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCAT.accessURL, landing))
    graph.add((node, DCAT.downloadURL, download))
    for target in (download, landing):
        graph.add((target, RDF.type, RDFS.Resource))
    form = file.format.upper()
    english = entry.title.en and f"{entry.title.en} ({form})"
    say(graph, node, DCTERMS.title, Words(zh=f"{entry.title.zh}（{form}）", en=english))
    number = Words(
        zh=f"第 {release.number} 版，{release.rows:,} 行，{form} 格式",
        en=f"Release {release.number}, {release.rows:,} rows, as {form}",
    )
    say(graph, node, DCTERMS.description, number)
    kind = authorities.term(graph, authorities.FILE_TYPE, form, DCTERMS.MediaTypeOrExtent)
    graph.add((node, DCTERMS.format, kind))
    graph.add((node, DCATAP.availability, authorities.availability(graph)))
    media = MEDIA_TYPE[file.media_type]
    graph.add((node, DCAT.mediaType, media))
    graph.add((media, RDF.type, DCTERMS.MediaType))
    graph.add((node, DCAT.byteSize, Literal(file.size, datatype=XSD.nonNegativeInteger)))
    graph.add((node, DCTERMS.issued, moment(release.released_at)))
    _checksum(graph, node, file)
    _licence(graph, node, release)
    return node


def _checksum(graph: Graph, node: URIRef, file: OpenFile) -> None:
    checksum = URIRef(f"{node}-checksum")
    graph.add((node, SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, SPDX.Checksum))
    graph.add((checksum, SPDX.algorithm, authorities.sha256(graph)))
    graph.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)))


def _licence(graph: Graph, node: URIRef, release: Release) -> None:
    terms = licence(release.licence)
    if terms.url:
        graph.add((node, DCTERMS.license, URIRef(terms.url)))
        graph.add((URIRef(terms.url), RDF.type, DCTERMS.LicenseDocument))
        if (kind := authorities.licence_type(graph, terms.id)) is not None:
            graph.add((URIRef(terms.url), DCTERMS.type, kind))
