"""The three calls with SPARQLWrapper.  Usage: python with_sparqlwrapper.py [address of /sparql]."""

import sys
from pathlib import Path

from rdflib import Graph
from SPARQLWrapper import JSON, TURTLE, SPARQLWrapper

HERE = Path(__file__).parent
endpoint = SPARQLWrapper(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/sparql")

endpoint.setReturnFormat(JSON)
endpoint.setQuery((HERE / "select.rq").read_text(encoding="utf-8"))
for row in endpoint.queryAndConvert()["results"]["bindings"]:
    print(row["crisis"]["value"], row["name"]["value"], sep=",")

endpoint.setQuery((HERE / "ask.rq").read_text(encoding="utf-8"))
print(str(endpoint.queryAndConvert()["boolean"]).lower())

endpoint.setReturnFormat(TURTLE)
endpoint.setQuery((HERE / "construct.rq").read_text(encoding="utf-8"))
graph = Graph().parse(data=endpoint.queryAndConvert(), format="turtle")
print(graph.serialize(format="nt"), end="")
