"""The three calls with rdflib's SPARQLStore.  Usage: python with_rdflib.py [address of /sparql]."""

import sys
from pathlib import Path

from rdflib import Graph
from rdflib.plugins.stores.sparqlstore import SPARQLStore

HERE = Path(__file__).parent
address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/sparql"
govkg = Graph(SPARQLStore(address))

for crisis, name in govkg.query((HERE / "select.rq").read_text(encoding="utf-8")):
    print(crisis, name, sep=",")

print(str(govkg.query((HERE / "ask.rq").read_text(encoding="utf-8")).askAnswer).lower())

graph = govkg.query((HERE / "construct.rq").read_text(encoding="utf-8")).graph
print(graph.serialize(format="nt"), end="")
