"""Terms of the EU's authority tables and of ADMS, each with what a validator asks of it: its class, its scheme, its name.

A validator that follows no links knows a term's list only by what the catalog itself says; so every term that is used
is said to be in its scheme (SEMIC's shapes for controlled vocabularies, DCAT-AP 3.0.0).
"""

from __future__ import annotations

from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, SKOS

from shuzhi.data.catalog.types import Access, Update
from shuzhi.data.opendata.describing.dcat_texts import say
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.types import Tier

AUTHORITY = "http://publications.europa.eu/resource/authority"
ACCESS_RIGHT = URIRef(f"{AUTHORITY}/access-right")
AVAILABILITY = URIRef(f"{AUTHORITY}/planned-availability")
DATA_THEME = URIRef(f"{AUTHORITY}/data-theme")
FILE_TYPE = URIRef(f"{AUTHORITY}/file-type")
FREQUENCY = URIRef(f"{AUTHORITY}/frequency")
LANGUAGE = URIRef(f"{AUTHORITY}/language")
LICENCE_TYPE = URIRef("http://purl.org/adms/licencetype/1.0")
PUBLISHER_TYPE = URIRef("http://purl.org/adms/publishertype/1.0")
MEDIA_TYPE = Namespace("https://www.iana.org/assignments/media-types/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
# SEMIC's shape demands this form of the address; the one that SPDX gives is named beside it.
SHA256 = URIRef("https://spdx.org/rdf/terms/#checksumAlgorithm_sha256")

FREQUENCIES = {
    Update.REALTIME: "UPDATE_CONT",
    Update.DAILY: "DAILY",
    Update.WEEKLY: "WEEKLY",
    Update.MONTHLY: "MONTHLY",
    Update.QUARTERLY: "QUARTERLY",
    Update.YEARLY: "ANNUAL",
    Update.IRREGULAR: "IRREG",
    Update.ONCE: "NEVER",
}
RIGHTS = {Access.UNCONDITIONAL: "PUBLIC", Access.CONDITIONAL: "RESTRICTED", Access.NONE: "NON_PUBLIC"}
THEMES = {
    "ECON": Words(zh="经济和金融", en="Economy and finance"),
    "EDUC": Words(zh="教育、文化和体育", en="Education, culture and sport"),
    "ENVI": Words(zh="环境", en="Environment"),
    "GOVE": Words(zh="政府和公共部门", en="Government and public sector"),
    "HEAL": Words(zh="卫生健康", en="Health"),
    "REGI": Words(zh="区域和城市", en="Regions and cities"),
    "SOCI": Words(zh="人口和社会", en="Population and society"),
    "TRAN": Words(zh="交通", en="Transport"),
}
# The subjects of this platform's own list in those of the EU; any other is government.
THEME_OF = {
    "market": "ECON",
    "city": "REGI",
    "transport": "TRAN",
    "environment": "ENVI",
    "health": "HEAL",
    "education": "EDUC",
    "people": "SOCI",
    "space": "REGI",
}
LOCAL = ("LocalAuthority", Words(zh="地方机关", en="Local authority"))
PUBLISHER_TYPES = {
    Tier.NATION: ("NationalAuthority", Words(zh="国家机关", en="National authority")),
    Tier.PROVINCE: ("RegionalAuthority", Words(zh="省级机关", en="Regional authority")),
}
LICENCE_TYPES = {
    "CC-BY-4.0": ("Attribution", Words(zh="署名", en="Attribution")),
    "Apache-2.0": ("Attribution", Words(zh="署名", en="Attribution")),
    "MIT": ("Attribution", Words(zh="署名", en="Attribution")),
    "ODbL-1.0": ("ViralEffect-ShareAlike", Words(zh="相同方式共享", en="Viral effect (share-alike)")),
    "CC0-1.0": ("PublicDomain", Words(zh="公有领域", en="Work in the public domain")),
    "public-domain": ("PublicDomain", Words(zh="公有领域", en="Work in the public domain")),
}


def term(graph: Graph, scheme: URIRef, code: str, kind: URIRef) -> URIRef:
    """A term of an authority table, of the class that the profile demands of it there."""
    node = URIRef(f"{scheme}/{code}")
    graph.add((node, RDF.type, kind))
    graph.add((node, SKOS.inScheme, scheme))
    return node


def concept(graph: Graph, node: URIRef, scheme: URIRef, name: Words, title: Words) -> URIRef:
    """A term that is a concept: it and its scheme have names."""
    if (node, RDF.type, SKOS.Concept) not in graph:
        graph.add((node, RDF.type, SKOS.Concept))
        graph.add((node, SKOS.inScheme, scheme))
        graph.add((scheme, RDF.type, SKOS.ConceptScheme))
        say(graph, node, SKOS.prefLabel, name)
        say(graph, scheme, DCTERMS.title, title)
    return node


def data_theme(graph: Graph, theme: str) -> URIRef:
    """The EU's subject for one of ours."""
    code = THEME_OF.get(theme, "GOVE")
    title = Words(zh="欧盟数据主题", en="Data theme")
    return concept(graph, URIRef(f"{DATA_THEME}/{code}"), DATA_THEME, THEMES[code], title)


def availability(graph: Graph) -> URIRef:
    """A release stays as it is until the next one: its files are there in a planned way."""
    title, name = Words(zh="可用性", en="Planned availability"), Words(zh="可用", en="Available")
    return concept(graph, URIRef(f"{AVAILABILITY}/AVAILABLE"), AVAILABILITY, name, title)


def licence_type(graph: Graph, licence: str) -> URIRef | None:
    """What kind of licence one of the known ones is."""
    if licence not in LICENCE_TYPES:
        return None
    code, name = LICENCE_TYPES[licence]
    title = Words(zh="许可类型", en="Licence type")
    node = URIRef(f"http://purl.org/adms/licencetype/{code}")
    return concept(graph, node, LICENCE_TYPE, name, title)


def publisher_type(graph: Graph, tier: Tier) -> URIRef:
    """What kind of publisher an office of this tier is."""
    code, name = PUBLISHER_TYPES.get(tier, LOCAL)
    title = Words(zh="发布机构类型", en="Publisher type")
    node = URIRef(f"http://purl.org/adms/publishertype/{code}")
    return concept(graph, node, PUBLISHER_TYPE, name, title)


def sha256(graph: Graph) -> URIRef:
    """The algorithm of the files' checksums."""
    graph.add((SHA256, RDF.type, SPDX.ChecksumAlgorithm))
    graph.add((SHA256, OWL.sameAs, SPDX.checksumAlgorithm_sha256))
    return SHA256
