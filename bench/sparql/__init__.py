"""How fast govkg answers SPARQL over HTTP, beside the servers that people would use instead."""
