"""The grammar of SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/#sparqlGrammar), as data.

It is LL(1), so one token of look-ahead decides everything. Words in quotes are keywords or
punctuation; names in capitals are the terminals of ``tokens``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

FUNCTIONS: Final = tuple(re.findall(r"\w+", """
    STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE
    LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES
    SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT
    SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SUBSTR REPLACE REGEX EXISTS
"""))  # fmt: skip
AGGREGATES: Final = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")

_TEXT: Final = """
Query = Prologue ( SelectQuery | ConstructQuery | DescribeQuery | AskQuery ) ValuesClause END
Update = Prologue ( Update1 ( ';' Update )? )?
UpdateUnit = Update END
Prologue = ( 'BASE' IRIREF | 'PREFIX' PNAME_NS IRIREF )*
SelectQuery = SelectClause DatasetClause* WhereClause SolutionModifier
SubSelect = SelectClause WhereClause SolutionModifier ValuesClause
SelectClause = 'SELECT' ( 'DISTINCT' | 'REDUCED' )? ( ( VAR | Named )+ | '*' )
Named = '(' Expression 'AS' VAR ')'
ConstructQuery = 'CONSTRUCT' ( Template DatasetClause* WhereClause SolutionModifier | DatasetClause* 'WHERE' '{' TriplesTemplate? '}' SolutionModifier )
DescribeQuery = 'DESCRIBE' ( VarOrIri+ | '*' ) DatasetClause* WhereClause? SolutionModifier
AskQuery = 'ASK' DatasetClause* WhereClause SolutionModifier
DatasetClause = 'FROM' ( iri | 'NAMED' iri )
WhereClause = 'WHERE'? GroupGraphPattern
SolutionModifier = GroupClause? HavingClause? OrderClause? LimitOffset?
GroupClause = 'GROUP' 'BY' GroupCondition+
GroupCondition = BuiltInCall | FunctionCall | '(' Expression ( 'AS' VAR )? ')' | VAR
HavingClause = 'HAVING' Constraint+
OrderClause = 'ORDER' 'BY' OrderCondition+
OrderCondition = ( 'ASC' | 'DESC' ) Bracketted | Constraint | VAR
LimitOffset = 'LIMIT' INTEGER ( 'OFFSET' INTEGER )? | 'OFFSET' INTEGER ( 'LIMIT' INTEGER )?
ValuesClause = ( 'VALUES' DataBlock )?
Update1 = Load | Clear | Drop | Add | Move | Copy | Create | Insert | Delete | With
Load = 'LOAD' 'SILENT'? iri ( 'INTO' GraphRef )?
Clear = 'CLEAR' 'SILENT'? GraphRefAll
Drop = 'DROP' 'SILENT'? GraphRefAll
Create = 'CREATE' 'SILENT'? GraphRef
Add = 'ADD' 'SILENT'? GraphOrDefault 'TO' GraphOrDefault
Move = 'MOVE' 'SILENT'? GraphOrDefault 'TO' GraphOrDefault
Copy = 'COPY' 'SILENT'? GraphOrDefault 'TO' GraphOrDefault
Insert = 'INSERT' ( 'DATA' Quads | Quads UsingClause* 'WHERE' GroupGraphPattern )
Delete = 'DELETE' ( 'DATA' Quads | 'WHERE' Quads | Quads ( 'INSERT' Quads )? UsingClause* 'WHERE' GroupGraphPattern )
With = 'WITH' iri ( 'DELETE' Quads ( 'INSERT' Quads )? | 'INSERT' Quads ) UsingClause* 'WHERE' GroupGraphPattern
UsingClause = 'USING' ( iri | 'NAMED' iri )
GraphOrDefault = 'DEFAULT' | 'GRAPH'? iri
GraphRef = 'GRAPH' iri
GraphRefAll = GraphRef | 'DEFAULT' | 'NAMED' | 'ALL'
Quads = '{' TriplesTemplate? ( QuadsNotTriples '.'? TriplesTemplate? )* '}'
QuadsNotTriples = 'GRAPH' VarOrIri '{' TriplesTemplate? '}'
TriplesTemplate = TriplesSame ( '.' TriplesTemplate? )?
GroupGraphPattern = '{' ( SubSelect | GroupSub ) '}'
GroupSub = TriplesBlock? ( NotTriples '.'? TriplesBlock? )*
TriplesBlock = TriplesSamePath ( '.' TriplesBlock? )?
NotTriples = Union | Optional | Minus | Graph | Service | Filter | Bind | 'VALUES' DataBlock
Optional = 'OPTIONAL' GroupGraphPattern
Graph = 'GRAPH' VarOrIri GroupGraphPattern
Service = 'SERVICE' 'SILENT'? VarOrIri GroupGraphPattern
Bind = 'BIND' Named
DataBlock = VAR '{' DataValue* '}' | ( NIL | '(' VAR* ')' ) '{' ( '(' DataValue* ')' | NIL )* '}'
DataValue = iri | Literal | 'UNDEF'
Minus = 'MINUS' GroupGraphPattern
Union = GroupGraphPattern ( 'UNION' GroupGraphPattern )*
Filter = 'FILTER' Constraint
Constraint = Bracketted | BuiltInCall | FunctionCall
FunctionCall = iri ArgList
ArgList = NIL | '(' 'DISTINCT'? Expression ( ',' Expression )* ')'
ExpressionList = NIL | '(' Expression ( ',' Expression )* ')'
Template = '{' TriplesTemplate? '}'
TriplesSame = VarOrTerm PropertyList | TriplesNode PropertyList?
PropertyList = Verb ObjectList ( ';' ( Verb ObjectList )? )*
Verb = VarOrIri | 'a'
ObjectList = GraphNode ( ',' GraphNode )*
TriplesSamePath = VarOrTerm PropertyListPath | TriplesNodePath PropertyListPath?
PropertyListPath = VerbPath ObjectListPath ( ';' ( VerbPath ObjectListPath )? )*
VerbPath = Path | VAR
ObjectListPath = GraphNodePath ( ',' GraphNodePath )*
Path = PathSequence ( '|' PathSequence )*
PathSequence = PathEltOrInverse ( '/' PathEltOrInverse )*
PathEltOrInverse = PathElt | '^' PathElt
PathElt = PathPrimary ( '?' | '*' | '+' )?
PathPrimary = iri | 'a' | '!' PathNegated | '(' Path ')'
PathNegated = PathOne | NIL | '(' ( PathOne ( '|' PathOne )* )? ')'
PathOne = iri | 'a' | '^' ( iri | 'a' )
TriplesNode = Collection | '[' PropertyList ']'
Collection = '(' GraphNode+ ')'
GraphNode = VarOrTerm | TriplesNode
TriplesNodePath = CollectionPath | '[' PropertyListPath ']'
CollectionPath = '(' GraphNodePath+ ')'
GraphNodePath = VarOrTerm | TriplesNodePath
VarOrTerm = VAR | iri | Literal | BLANK_NODE | ANON | NIL
VarOrIri = VAR | iri
Expression = And ( '||' And )*
And = Relational ( '&&' Relational )*
Relational = Additive ( ( '=' | '!=' | '<' | '>' | '<=' | '>=' ) Additive | 'IN' ExpressionList | 'NOT' 'IN' ExpressionList )?
Additive = Multiplicative ( '+' Multiplicative | '-' Multiplicative | SIGNED ( '*' Unary | '/' Unary )* )*
Multiplicative = Unary ( '*' Unary | '/' Unary )*
Unary = '!' Primary | '+' Primary | '-' Primary | Primary
Primary = Bracketted | BuiltInCall | iri ArgList? | Literal | VAR
Bracketted = '(' Expression ')'
BuiltInCall = Aggregate | 'EXISTS' GroupGraphPattern | 'NOT' 'EXISTS' GroupGraphPattern | 'BOUND' '(' VAR ')' | Function ExpressionList
Aggregate = 'COUNT' '(' 'DISTINCT'? ( '*' | Expression ) ')' | Simple '(' 'DISTINCT'? Expression ')' | 'GROUP_CONCAT' '(' 'DISTINCT'? Expression ( ';' 'SEPARATOR' '=' STRING )? ')'
Simple = 'SUM' | 'MIN' | 'MAX' | 'AVG' | 'SAMPLE'
Literal = STRING ( LANGTAG | '^^' iri )? | INTEGER | NUMBER | SIGNED | 'true' | 'false'
iri = IRIREF | PNAME_LN | PNAME_NS
"""  # noqa: E501 # one production in a line, as in the specification
_FUNCTIONS: Final = " | ".join(f"'{f}'" for f in FUNCTIONS if f not in ("BOUND", "EXISTS"))


@dataclass(frozen=True)
class Terminal:
    """A token of one kind."""

    kind: str


@dataclass(frozen=True)
class Rule:
    """Whatever a production allows."""

    name: str


@dataclass(frozen=True)
class Sequence:
    """One part after the other."""

    parts: tuple["Part", ...]


@dataclass(frozen=True)
class Choice:
    """One of several parts."""

    parts: tuple["Part", ...]


@dataclass(frozen=True)
class Repeat:
    """A part as often as it comes."""

    part: "Part"
    at_least_once: bool = False


@dataclass(frozen=True)
class Maybe:
    """A part, or nothing."""

    part: "Part"


Part = Terminal | Rule | Sequence | Choice | Repeat | Maybe
_WORD: Final = re.compile(r"'[^']+'|\w+|[()|?*+]")


@cache
def rules() -> dict[str, Part]:
    """Return every production by its name."""
    found = {}
    for line in f"{_TEXT}Function = {_FUNCTIONS}".strip().splitlines():
        name, _, body = line.partition(" = ")
        words = iter([*_WORD.findall(body), ""])
        found[name] = _choice(words, next(words))[0]
    return found


def _choice(words: Iterator[str], word: str) -> tuple[Part, str]:
    """Read alternatives until what closes them; return them and that word."""
    options = []
    while True:
        parts = []
        while word not in ("|", ")", ""):
            part, word = _item(words, word)
            parts.append(part)
        options.append(parts[0] if len(parts) == 1 else Sequence(tuple(parts)))
        if word != "|":
            return (options[0] if len(options) == 1 else Choice(tuple(options))), word
        word = next(words)


def _item(words: Iterator[str], word: str) -> tuple[Part, str]:
    """Read one part with what follows it, and return the next word."""
    if word == "(":
        part, _ = _choice(words, next(words))
    elif word.startswith("'"):
        part = Terminal(word[1:-1])
    else:
        part = Terminal(word) if word.isupper() else Rule(word)
    word = next(words)
    if word == "?":
        return Maybe(part), next(words)
    if word in ("*", "+"):
        return Repeat(part, word == "+"), next(words)
    return part, word


@cache
def first(part: Part) -> frozenset[str]:
    """Return the kinds of tokens that a part can begin with."""
    if isinstance(part, Terminal):
        return frozenset({part.kind})
    if isinstance(part, Rule):
        return first(rules()[part.name])
    if isinstance(part, Choice):
        return frozenset().union(*map(first, part.parts))
    if isinstance(part, Sequence):
        found: frozenset[str] = frozenset()
        for each in part.parts:
            found |= first(each)
            if not is_optional(each):
                break
        return found
    return first(part.part)


@cache
def is_optional(part: Part) -> bool:
    """Say whether a part may be left out."""
    if isinstance(part, Rule):
        return is_optional(rules()[part.name])
    if isinstance(part, Choice):
        return any(map(is_optional, part.parts))
    if isinstance(part, Sequence):
        return all(map(is_optional, part.parts))
    if isinstance(part, Repeat):
        return not part.at_least_once or is_optional(part.part)
    return isinstance(part, Maybe)


@cache
def terminals() -> frozenset[str]:
    """Return every kind of token that the grammar knows."""
    return frozenset().union(*map(_terminals_in, rules().values()))


def _terminals_in(part: Part) -> frozenset[str]:
    if isinstance(part, Terminal):
        return frozenset({part.kind})
    if isinstance(part, Rule):
        return frozenset()
    if isinstance(part, Sequence | Choice):
        return frozenset().union(*map(_terminals_in, part.parts))
    return _terminals_in(part.part)
