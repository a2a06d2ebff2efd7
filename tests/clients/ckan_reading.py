"""Print, as JSON, what the harvester of CKAN makes of a catalogue; it has its own environment.

.venv-ckan/bin/python tests/clients/ckan_reading.py PROFILE < catalog.ttl
"""

import json
import sys

from ckanext.dcat.processors import RDFParser

parser = RDFParser(profiles=[sys.argv[1]])
parser.parse(sys.stdin.read(), _format="turtle")
json.dump(list(parser.datasets()), sys.stdout)
