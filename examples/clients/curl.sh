#!/bin/sh
# The three calls with curl.  Usage: sh curl.sh [address of /sparql]
cd "$(dirname "$0")" || exit 1
endpoint=${1:-http://127.0.0.1:8000/sparql}

ask() { # a file, and the format of the answer
  curl --silent --show-error --fail-with-body "$endpoint" \
    --header "Accept: $2" --data-urlencode "query@$1"
}

ask select.rq text/csv | tail -n +2 # without the line of names
ask ask.rq text/csv && echo
ask construct.rq application/n-triples
