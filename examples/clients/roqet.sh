#!/bin/sh
# The three calls with roqet of Rasqal.  Usage: sh roqet.sh [address of /sparql]
#
# From a service roqet reads tables only (it accepts nothing but SPARQL XML results, and shows no
# truth value). So a question is asked as a table of one cell, and a graph is made here of a table.
cd "$(dirname "$0")" || exit 1
endpoint=${1:-http://127.0.0.1:8000/sparql}

ask() { # a query
  roqet -q -p "$endpoint" -r csv -e "$1" | tail -n +2 | tr -d '\r' |
    sed -e '/^"/ { s/^"//; s/"$//; s/""/"/g; }' # unquote a cell
}

ask "$(cat select.rq)"
ask "SELECT ?answer { BIND (EXISTS { gc:slow-approval gov:isSymptomOf gc:management-crisis } AS ?answer) }"
ask 'SELECT ?triple {
  gc:authority-crisis skos:prefLabel ?name
  BIND (CONCAT("<", STR(gc:authority-crisis), "> <", STR(rdfs:label), "> ",
    "\"", STR(?name), "\"@", LANG(?name), " .") AS ?triple)
}'
