"""The command line, as people and CI use it."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from govkg.vocabulary import DCTERMS, GOV, RDF

EXAMPLES = Path(__file__).parents[2] / "examples" / "cases"
VALID = EXAMPLES / "valid" / "la-paz-anticorruption.ttl"


def govkg(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "govkg", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | environment,
    )


def test_help_lists_commands_and_exit_codes() -> None:
    """Whoever types nothing learns what there is."""
    told = govkg("--help").stdout

    commands = ("serve", "validate", "diagnose", "query", "explain", "check", "healthcheck")
    assert all(command in told for command in commands)
    assert "Exit codes" in told


def test_validate_accepts_a_good_case() -> None:
    """A case that conforms ends with 0."""
    done = govkg("validate", str(VALID))

    assert done.returncode == 0
    assert "Conforms." in done.stdout


def test_validate_refuses_a_bad_case_in_chinese(tmp_path: Path) -> None:
    """A case with violations ends with 1, and says in the language asked for what to mend."""
    bad = tmp_path / "bad.ttl"
    bad.write_text(
        "@prefix gov: <https://w3id.org/govkg/ontology#> . <urn:c> a gov:GovernanceCase ."
    )

    done = govkg("validate", str(bad), "--lang", "zh")

    assert done.returncode == 1
    assert "不符合要求" in done.stdout
    assert "错误" in done.stdout


def test_validate_prints_json_for_programs() -> None:
    """With --json the report is one JSON object for each file."""
    done = govkg("validate", str(VALID), "--json")

    report = json.loads(done.stdout)
    assert report["conforms"] is True
    assert report["cases"] == 1


def test_diagnose_names_crises_and_remedies() -> None:
    """A diagnosis says what is suggested, on which footing, from what."""
    told = govkg("diagnose", str(VALID)).stdout

    assert "crisis of management  [stated]" in told
    assert "Indicated remedies:" in told
    assert "multi-level collective approval is addressed by vertical streamlining" in told


def test_query_answers_from_standard_input() -> None:
    """A query over the bundled graph, as CSV, with and without what was inferred."""
    question = "SELECT ?c WHERE { ?c a gov:EvidencedManagementCrisisCase }"

    with_inference = govkg("query", "-", stdin=question)
    without = govkg("query", "-", "--no-infer", stdin=question)

    assert "la-paz-anticorruption" in with_inference.stdout
    assert without.stdout == "c\n"


def test_explain_quotes_the_paper() -> None:
    """An explanation ends at the words of the paper."""
    told = govkg("explain", "gc:slow-approval", "gov:isSymptomOf", "gc:management-crisis").stdout

    assert "§3.2" in told
    assert "efficiency of approval is very low" in told


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["validate", "missing.ttl"], 1, "missing.ttl"),
        (["validate", __file__], 2, ".ttl"),
        (["validate", str(VALID), "--lang", "fr"], 2, "en, zh"),
        (["query", "missing.rq"], 1, "missing.rq"),
        (["explain", "gc:corruption", "gov:causes", "gc:pilot"], 1, "does not follow"),
        (["explain", "nonsense", "gov:causes", "gc:pilot"], 2, "no IRI"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_mistakes_end_in_a_sentence(arguments: list[str], code: int, words: str) -> None:
    """Each kind of mistake has its exit code and no trace."""
    done = govkg(*arguments)

    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistyped_setting_ends_in_a_sentence() -> None:
    """A wrong variable name is answered with the right one."""
    done = govkg("healthcheck", GOVKG_PROT="1")

    assert done.returncode == 2
    assert "Did you mean GOVKG_PORT?" in done.stderr


def test_healthcheck_fails_where_nothing_listens() -> None:
    """A monitor learns by the exit code that the service is down."""
    assert govkg("healthcheck", GOVKG_PORT="1").returncode == 3


def test_annotate_reads_files_and_standard_input(tmp_path: Path) -> None:
    """Places come as lines for people and as JSON, from a file in its encoding or from a pipe."""
    path = tmp_path / "text.txt"
    path.write_bytes("该市推行流程再造。".encode("gb18030"))

    lines = govkg("annotate", str(path), "--encoding", "gb18030", "--lang", "zh").stdout
    piped = govkg("annotate", "-", "--format", "json", stdin="the crisis of authority").stdout

    assert lines.splitlines()[0] == "1 处提到 1 个概念。"
    assert "gc:process-reengineering" in lines
    assert json.loads(piped)["annotations"][0]["exact"] == "crisis of authority"


def test_annotate_drafts_a_case_that_validate_reads(tmp_path: Path) -> None:
    """A draft says above it what is missing, and is itself a document that can be checked."""
    draft = govkg("annotate", "-", "--format", "case", stdin="Slow approval. 流程再造。").stdout
    path = tmp_path / "draft.ttl"
    path.write_text(draft, "utf-8")

    report = json.loads(govkg("validate", str(path), "--json").stdout)

    assert draft.startswith("# A draft that a program made")
    assert "C01" in draft
    assert (report["cases"], report["conforms"]) == (1, False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["none.txt"], 1),
        (["-", "--format", "poem"], 2),
        (["-", "--language", "fr"], 2),
        (["-", "--least", "7"], 2),
        (["-", "--encoding", "none"], 2),
        (["-", "--encoding", "ascii"], 1),
    ],
)
def test_annotate_refuses_what_it_cannot_use(arguments: list[str], code: int) -> None:
    """Wrong options end with 2, texts that cannot be read with 1, each with a sentence."""
    done = govkg("annotate", *arguments, stdin="危机")

    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_progress_of_a_large_document_is_shown_on_a_terminal(tmp_path: Path) -> None:
    """Who waits at a terminal sees how far the checking is; a file of output holds none of it."""
    many = tmp_path / "many.nt"
    many.write_text("".join(map(a_case_of_many_words, range(60))), "utf-8")

    told, shown = on_terminal("validate", str(many), "--report", "csv")

    assert "many.nt: 100% checked …" in shown
    assert "checked" not in told


def a_case_of_many_words(number: int) -> str:
    """A case with some hundred names, in N-Triples."""
    case = f"<https://w3id.org/govkg/case/many-{number}>"
    kind = f"{case} <{RDF}type> <{GOV}GovernanceCase> .\n"
    words = (f'{case} <{DCTERMS}alternative> "name {at}"@en .\n' for at in range(450))
    return kind + "".join(words)


def on_terminal(*arguments: str) -> tuple[str, str]:
    """Run the command with errors on a terminal; return what it printed there and elsewhere."""
    reader, writer = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "govkg", *arguments],
        stdout=subprocess.PIPE,
        stderr=writer,
        text=True,
    ) as process:
        os.close(writer)
        told, _ = process.communicate(timeout=300)
    shown = b""
    with suppress(OSError):  # a terminal whose other side is closed
        while part := os.read(reader, 4096):
            shown += part
    os.close(reader)
    return told, shown.decode()
