"""What DCAT-AP 3.0.0 demands of a catalog, as SHACL built from a table of its constraints.

The table says what the profile's text says (https://semiceu.github.io/DCAT-AP/releases/3.0.0/): class, property, how
many, of which kind; from which list its terms are; what it recommends. SEMIC's own shapes are checked too where the folder `SHUZHI_DCAT_SHAPES` holds them
(`releases/3.0.0/shacl/dcat-ap-SHACL.ttl` of github.com/SEMICeu/DCAT-AP).
"""

from __future__ import annotations

import os
from pathlib import Path

from rdflib import Graph

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix locn: <http://www.w3.org/ns/locn#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# class: property least most kind; `*` is any number, `"` a literal, `~` a day or a time, `^x` a
# datatype, else the class of the value.
CONSTRAINTS = """
foaf:Agent: foaf:name 1 * "
foaf:Agent: dct:type 0 1 skos:Concept
dcat:Catalog: dct:title 1 * "
dcat:Catalog: dct:description 1 * "
dcat:Catalog: dct:publisher 1 1 foaf:Agent
dcat:Catalog: dct:creator 0 1 foaf:Agent
dcat:Catalog: dcat:dataset 0 * dcat:Dataset
dcat:Catalog: dcat:service 0 * dcat:DataService
dcat:Catalog: dcat:catalog 0 * dcat:Catalog
dcat:Catalog: dcat:record 0 * dcat:CatalogRecord
dcat:Catalog: dcat:themeTaxonomy 0 * skos:ConceptScheme
dcat:Catalog: foaf:homepage 0 1 foaf:Document
dcat:Catalog: dct:language 0 * dct:LinguisticSystem
dcat:Catalog: dct:license 0 1 dct:LicenseDocument
dcat:Catalog: dct:rights 0 1 dct:RightsStatement
dcat:Catalog: dct:spatial 0 * dct:Location
dcat:Catalog: dct:temporal 0 * dct:PeriodOfTime
dcat:Catalog: dct:issued 0 1 ~
dcat:Catalog: dct:modified 0 1 ~
dcat:CatalogRecord: foaf:primaryTopic 1 1 dcat:Resource
dcat:CatalogRecord: dct:modified 1 1 ~
dcat:CatalogRecord: dct:issued 0 1 ~
dcat:CatalogRecord: dct:conformsTo 0 * dct:Standard
dcat:CatalogRecord: dct:language 0 * dct:LinguisticSystem
dcat:CatalogRecord: dct:source 0 1 dcat:CatalogRecord
dcat:CatalogRecord: adms:status 0 1 skos:Concept
dcat:Dataset: dct:title 1 * "
dcat:Dataset: dct:description 1 * "
dcat:Dataset: dct:publisher 0 1 foaf:Agent
dcat:Dataset: dct:creator 0 * foaf:Agent
dcat:Dataset: dcat:contactPoint 0 * vcard:Kind
dcat:Dataset: dcat:distribution 0 * dcat:Distribution
dcat:Dataset: dcat:keyword 0 * "
dcat:Dataset: dcat:theme 0 * skos:Concept
dcat:Dataset: dct:accessRights 0 1 dct:RightsStatement
dcat:Dataset: dct:accrualPeriodicity 0 1 dct:Frequency
dcat:Dataset: dct:conformsTo 0 * dct:Standard
dcat:Dataset: foaf:page 0 * foaf:Document
dcat:Dataset: dcat:landingPage 0 * foaf:Document
dcat:Dataset: dct:identifier 0 * "
dcat:Dataset: dct:language 0 * dct:LinguisticSystem
dcat:Dataset: dct:issued 0 1 ~
dcat:Dataset: dct:modified 0 1 ~
dcat:Dataset: dct:provenance 0 * dct:ProvenanceStatement
dcat:Dataset: dct:spatial 0 * dct:Location
dcat:Dataset: dct:temporal 0 * dct:PeriodOfTime
dcat:Dataset: dct:type 0 1 skos:Concept
dcat:Dataset: dcat:version 0 1 "
dcat:Dataset: dcat:inSeries 0 * dcat:DatasetSeries
dcat:Dataset: adms:sample 0 * dcat:Distribution
dcat:Dataset: dcat:spatialResolutionInMeters 0 * ^xsd:decimal
dcat:Dataset: dcat:temporalResolution 0 * ^xsd:duration
dcat:Distribution: dcat:accessURL 1 * rdfs:Resource
dcat:Distribution: dcat:downloadURL 0 * rdfs:Resource
dcat:Distribution: dcat:accessService 0 * dcat:DataService
dcat:Distribution: dcat:byteSize 0 1 ^xsd:nonNegativeInteger
dcat:Distribution: spdx:checksum 0 1 spdx:Checksum
dcat:Distribution: dct:title 0 * "
dcat:Distribution: dct:description 0 * "
dcat:Distribution: dct:format 0 1 dct:MediaTypeOrExtent
dcat:Distribution: dcat:mediaType 0 1 dct:MediaType
dcat:Distribution: dct:license 0 1 dct:LicenseDocument
dcat:Distribution: dct:rights 0 1 dct:RightsStatement
dcat:Distribution: dct:conformsTo 0 * dct:Standard
dcat:Distribution: dct:language 0 * dct:LinguisticSystem
dcat:Distribution: dct:issued 0 1 ~
dcat:Distribution: dct:modified 0 1 ~
dcat:Distribution: dcatap:availability 0 1 skos:Concept
dcat:Distribution: adms:status 0 1 skos:Concept
dcat:DataService: dct:title 1 * "
dcat:DataService: dct:description 0 * "
dcat:DataService: dcat:endpointURL 1 * rdfs:Resource
dcat:DataService: dcat:endpointDescription 0 * rdfs:Resource
dcat:DataService: dcat:servesDataset 0 * dcat:Dataset
dcat:DataService: dct:license 0 1 dct:LicenseDocument
dcat:DataService: dct:accessRights 0 1 dct:RightsStatement
dcat:DataService: dct:publisher 0 1 foaf:Agent
dcat:DataService: dct:conformsTo 0 * dct:Standard
dcat:DataService: dcat:contactPoint 0 * vcard:Kind
dcat:DataService: dcat:theme 0 * skos:Concept
dcat:DataService: dcat:landingPage 0 * foaf:Document
dcat:DataService: foaf:page 0 * foaf:Document
dct:Location: dcat:bbox 0 1 "
dct:Location: dcat:centroid 0 1 "
dct:Location: locn:geometry 0 1 "
dct:PeriodOfTime: dcat:startDate 0 1 ~
dct:PeriodOfTime: dcat:endDate 0 1 ~
skos:Concept: skos:prefLabel 1 * "
skos:ConceptScheme: dct:title 1 * "
spdx:Checksum: spdx:algorithm 1 1 spdx:ChecksumAlgorithm
spdx:Checksum: spdx:checksumValue 1 1 ^xsd:hexBinary
dct:LicenseDocument: dct:type 0 * skos:Concept
"""
# class: property and the list that every value must say it is in, or the beginning of its address.
AUTHORITY = "http://publications.europa.eu/resource/authority"
VOCABULARIES = f"""
dcat:Dataset: dct:accrualPeriodicity in {AUTHORITY}/frequency
dcat:Dataset: dct:accessRights in {AUTHORITY}/access-right
dcat:Dataset: dct:language in {AUTHORITY}/language
dcat:Dataset: dcat:theme in {AUTHORITY}/data-theme
dcat:Catalog: dct:language in {AUTHORITY}/language
dcat:DataService: dct:accessRights in {AUTHORITY}/access-right
dcat:Distribution: dct:format in {AUTHORITY}/file-type
dcat:Distribution: dct:language in {AUTHORITY}/language
dcat:Distribution: dcatap:availability in {AUTHORITY}/planned-availability
dcat:Distribution: dcat:mediaType from ^https?://www.iana.org/assignments/media-types/
dct:LicenseDocument: dct:type in http://purl.org/adms/licencetype/1.0
foaf:Agent: dct:type in http://purl.org/adms/publishertype/1.0
spdx:Checksum: spdx:algorithm from ^https://spdx.org/rdf/terms
"""
# What the profile recommends, of all that is not unknown here (a licence nobody stated, a place that no row says).
RECOMMENDED = """
dcat:Catalog: dct:language dct:issued dct:modified dcat:themeTaxonomy foaf:homepage dcat:dataset
dcat:CatalogRecord: dct:conformsTo dct:issued
dcat:DataService: dcat:servesDataset dcat:endpointDescription
dcat:Dataset: dcat:contactPoint dct:publisher dcat:theme
dcat:Distribution: dct:description dcatap:availability dct:format dct:license
dct:LicenseDocument: dct:type
dct:Location: dcat:bbox dcat:centroid
dct:PeriodOfTime: dcat:startDate dcat:endDate
"""


def shapes() -> Graph:
    """The constraints as SHACL, with SEMIC's own where they are at hand."""
    lines = [PREFIXES, *_vocabularies(), *_recommended()]
    for number, line in enumerate(CONSTRAINTS.strip().splitlines()):
        thing, rest = line.split(": ", 1)
        path, least, most, kind = rest.split()
        facts = [f"sh:path {path}"]
        facts += [f"sh:minCount {least}"] if least != "0" else []
        facts += [f"sh:maxCount {most}"] if most != "*" else []
        facts += [_kind(kind)]
        lines.append(
            f"<urn:shape:{number}> a sh:NodeShape ; sh:targetClass {thing} ; sh:property [ {' ; '.join(facts)} ] ."
        )
    graph = Graph().parse(data="\n".join(lines), format="turtle")
    for file in sorted(Path(os.environ.get("SHUZHI_DCAT_SHAPES") or "/nonexistent").glob("*.ttl")):
        graph.parse(file, format="turtle")
    return graph


def _vocabularies() -> list[str]:
    lines = []
    for number, line in enumerate(VOCABULARIES.strip().splitlines()):
        thing, rest = line.split(": ", 1)
        path, how, where = rest.split()
        scheme = f"sh:node [ sh:property [ sh:path skos:inScheme ; sh:hasValue <{where}> ] ]"
        said = scheme if how == "in" else f'sh:pattern "{where}"'
        lines.append(
            f"<urn:list:{number}> a sh:NodeShape ; sh:targetClass {thing} ; "
            f"sh:property [ sh:path {path} ; sh:nodeKind sh:IRI ; {said} ] ."
        )
    return lines


def _recommended() -> list[str]:
    lines = []
    for line in RECOMMENDED.strip().splitlines():
        thing, paths = line.split(": ", 1)
        said = " , ".join(f"[ sh:path {path} ; sh:minCount 1 ]" for path in paths.split())
        lines.append(f"<urn:wish:{thing}> a sh:NodeShape ; sh:targetClass {thing} ; sh:property {said} .")
    return lines


def _kind(kind: str) -> str:
    if kind == "~":
        return "sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:dateTime ] [ sh:datatype xsd:gYear ] )"
    if kind == '"':
        return "sh:nodeKind sh:Literal"
    if kind.startswith("^"):
        return f"sh:datatype {kind[1:]}"
    return f"sh:class {kind} ; sh:nodeKind sh:BlankNodeOrIRI"
