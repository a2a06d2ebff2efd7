"""Where a SPARQL text breaks the grammar, and what could stand there, in English and Chinese.

The engine's parser knows only the furthest place it looked at. These modules are used after it
has refused a text: ``tokens`` cuts it up, ``grammar`` holds the productions of SPARQL 1.1,
``recognising`` finds the first token that fits none, ``wording`` names what was expected, and
``hints`` knows the commonest mistakes.
"""
