"""The command line: one verb for each public function. A command reads its arguments, makes one call and prints.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 the answer is no, 2 could not run.
"""

from __future__ import annotations

import getpass
import os
import shutil
import sys
import traceback
from contextlib import nullcontext
from datetime import date
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import KgError, QueryError

if TYPE_CHECKING:
    from kg.graph.results import Answer
    from kg.graph.store import Graph

app = typer.Typer(
    name="kg",
    help="Who cooperates with whom: news in, a graph with evidence out.",
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Typer carries a copy of click; its exceptions are reached through the one that Typer shows.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
DEFAULT = Path("cooperation.kg")
Folder = Annotated[Path, typer.Option("-g", "--graph", metavar="DIR", help="The graph folder.")]
Place = Annotated[str, typer.Option("-g", "--graph", metavar="DIR|URL", help="The graph folder, or a SPARQL endpoint.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write; - is stdout.")]
Target = Annotated[Path, typer.Option("-o", "-g", "--graph", metavar="DIR", help="The graph folder to make or extend.")]
Asked = Annotated[str | None, typer.Argument(metavar="NAME|FILE.rq|-", help="A named question, a file, or - for stdin.")]
Sources = Annotated[list[str], typer.Argument(metavar="SOURCE…", help="Files, folders, globs, or - for standard input.")]
Given = Annotated[list[str] | None, typer.Option("-p", "--param", metavar="KEY=VALUE", help="A parameter of the question.")]


class ClaimFormat(StrEnum):
    """How claims are printed."""

    jsonl = "jsonl"
    table = "table"


class AnswerFormat(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    tsv = "tsv"
    json = "json"
    xml = "xml"
    turtle = "turtle"


class ReviewKind(StrEnum):
    """What is judged."""

    claims = "claims"
    names = "names"


class ExportFormat(StrEnum):
    """What a graph is exported to."""

    trig = "trig"
    nquads = "nquads"
    turtle = "turtle"
    jsonld = "jsonld"
    rdfxml = "rdfxml"
    sparql = "sparql"
    graphml = "graphml"
    gexf = "gexf"
    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"
    cypher = "cypher"
    jsonl_review = "jsonl-review"


def main() -> None:
    """Run the command line and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = run(sys.argv[1:])
    finally:
        # Only now: Typer puts a hook of its own, which prints a traceback.
        sys.excepthook = _report_bug
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; what went wrong is one line on stderr."""
    try:
        if "_KG_COMPLETE" in os.environ:
            app(prog_name="kg")
        # Not by calling the app, which has its own mind about Ctrl-C and closed pipes.
        command = typer.main.get_command(app)
        with command.make_context("kg", arguments or ["--help"]) as context:
            code = command.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except typer.Exit as end:
        return end.exit_code
    except KgError as error:
        return _fail(str(error), error.exit_code)
    except _UsageError as error:
        return _fail(f"{error}; see kg --help", 2)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("stopped", 2)
    except BrokenPipeError:
        # Whoever read the results has enough. Python would complain at exit when it flushes once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}", 2)
    except (MemoryError, RecursionError):
        return _fail("there is not enough memory for this; give it less at once", 2)


def _report_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw, in one line that helps to find it; the exit code is 2 like that of all failures."""
    frames = traceback.extract_tb(trace)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    _fail(f"internal error at {place}: {kind.__name__}: {error}; nothing that was recorded is lost; please report it", 2)
    sys.stderr.flush()
    os._exit(2)


def _fail(message: str, code: int) -> int:
    _warn(message)
    return code


@app.command()
def build(
    sources: Sources,
    folder: Annotated[
        Path, typer.Option("-o", "-g", "--graph", metavar="DIR", help="The graph folder to make or extend.")
    ] = DEFAULT,
    base: Annotated[str | None, typer.Option(metavar="IRI", help="Where the IRIs of a new graph begin.")] = None,
) -> int:
    """Read articles and make or extend a graph; only what is new or changed is read again."""
    from kg.pipeline import extend
    from kg.views.terminal import console, print_summary, progress_bar

    with progress_bar() as progress:
        summary = extend(sources, folder, base=base, progress=progress)
    print_summary(summary, folder, console(), console(stderr=True))
    return 2 if summary.interrupted else 0


@app.command()
def extract(
    sources: Sources,
    form: Annotated[ClaimFormat, typer.Option("--format", help="One JSON object a line, or a table.")] = ClaimFormat.jsonl,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what made each claim: mentions, cue, frame, signals.")
    ] = False,
) -> None:
    """Print what articles claim, without making a graph."""
    from kg.pipeline import read_claims, read_traces
    from kg.views.sheets import write_claims
    from kg.views.terminal import console, print_claims, print_traces

    if explain:
        print_traces(read_traces(sources, _warn), console())
        return
    found = read_claims(sources, _warn)
    if form is ClaimFormat.jsonl:
        write_claims(found, sys.stdout)
    else:
        print_claims(found, console())


@app.command()
def query(
    question: Annotated[
        str | None, typer.Argument(metavar="NAME|FILE.rq|-", help="A named question, a file, or stdin.")
    ] = None,
    given: Given = None,
    form: Annotated[AnswerFormat, typer.Option("--format", help="How the answer is written.")] = AnswerFormat.table,
    graph: Place = str(DEFAULT),
) -> None:
    """Ask the graph a named question, or SPARQL; without a question, list the questions."""
    from kg.views.terminal import console, print_answer, print_questions

    if question is None and sys.stdin.isatty():
        print_questions(console())
    else:
        answer, parameters = _ask(_open(graph), question or "-", _pairs(given or []))
        print_answer(answer, form.value, parameters, console())


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An entity, in any form of its name.")],
    other: Annotated[str | None, typer.Argument(metavar="NAME", help="A second one: what joins the two.")] = None,
    graph: Place = str(DEFAULT),
) -> None:
    """Print the sentences behind an entity, or behind what joins two."""
    from kg.views.terminal import console, print_explanation

    print_explanation(_open(graph).explain(_text(name), other and _text(other)), console())


@app.command()
def view(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.html")] = Path("cooperation.html"),
    about: Annotated[str | None, typer.Option(metavar="NAME", help="Only an entity and what is around it.")] = None,
    hops: Annotated[int, typer.Option(min=1, max=10, help="How many steps around it.")] = 2,
    graph: Place = str(DEFAULT),
) -> None:
    """Write the graph as one HTML page that needs nothing but a browser."""
    from kg.views.page import view as draw

    print(draw(_open(graph), about=about and _text(about), hops=hops).write(output))


@app.command()
def export(
    form: Annotated[ExportFormat, typer.Option("--format", help="What to write.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; stdout if left out.")] = None,
    graph: Place = str(DEFAULT),
) -> None:
    """Write the whole graph in a format of RDF, of tables or of network tools; or the judged claims."""
    from kg.views.output import placing

    if output is not None and str(output) != "-":
        with placing(output) as beside:
            _export(graph, form, beside)
        return
    with TemporaryDirectory() as folder:
        _export(graph, form, Path(folder, "out"))
        with Path(folder, "out").open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)


@app.command()
def validate(graph: Folder = DEFAULT) -> int:
    """Check the graph against the rules of the ontology, and every quote against its article."""
    from kg.graph.validation import validate as check
    from kg.views.terminal import console, print_violations, progress_bar

    with progress_bar() as progress:
        violations = check(graph, progress=progress)
    print_violations(violations, console())
    return 1 if violations else 0


@app.command()
def verify(graph: Folder = DEFAULT) -> int:
    """Compare the ledger, the store and their files, byte by byte."""
    from kg.graph.verification import verify as compare

    report = compare(graph)
    print("\n".join(report.lines))
    return 1 if report.behind else 0


@app.command()
def rebuild(
    graph: Folder = DEFAULT,
    again: Annotated[bool, typer.Option("--extract", help="Read the articles again too, by today's rules.")] = False,
) -> int:
    """Make the store anew from the ledger."""
    from kg.pipeline import rebuild as make
    from kg.views.terminal import console, print_summary, progress_bar

    with progress_bar() as progress:
        summary = make(graph, extract_again=again, progress=progress)
    print_summary(summary, graph, console(), console(stderr=True))
    return 2 if summary.interrupted else 0


@app.command()
def remove(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE…", help="Article ids, or files and folders they came from.")],
    graph: Folder = DEFAULT,
) -> None:
    """Take articles out of the graph."""
    from kg.pipeline import remove as take_out
    from kg.views.terminal import console, print_summary, progress_bar

    with progress_bar() as progress:
        summary = take_out(sources, graph, progress=progress)
    print_summary(summary, graph, console(), console(stderr=True))


@app.command()
def serve(
    graph: Folder = DEFAULT,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 7878,
    timeout: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="How long a query may take.")] = 10.0,
    memory: Annotated[int, typer.Option(min=64, metavar="MIB", help="How much memory a query may take.")] = 512,
    workers: Annotated[int | None, typer.Option(min=1, help="Query processes; twice the processors if left out.")] = None,
    client_seconds: Annotated[float, typer.Option(min=0.1, help="Query time that a client gets in a minute.")] = 60.0,
    client_rate: Annotated[float, typer.Option(min=0, help="Requests that a client gets in a second; 0: any number.")] = 0.0,
    client_requests: Annotated[int, typer.Option(min=1, help="Requests that a client may have under way.")] = 64,
    cors: Annotated[list[str] | None, typer.Option(metavar="ORIGIN", help="A web origin that may read; * for all.")] = None,
    proxy: Annotated[list[str] | None, typer.Option(metavar="IP", help="A reverse proxy that tells the client.")] = None,
    writable: Annotated[bool, typer.Option("--writable", help="Serve a scratch copy that can be written.")] = False,
    scratch: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the scratch store stays.")] = None,
    token: Annotated[str | None, typer.Option(envvar="KG_TOKEN", help="What a writer shows; made up if left out.")] = None,
    allow_host: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A name of a writable server.")] = None,
    service: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="An endpoint that SERVICE may reach; * for all.")
    ] = None,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Where requests are logged; stderr if left out.")] = None,
) -> None:
    """Serve the graph: SPARQL for programs, a query page and a page for every entity for people."""
    from dataclasses import replace

    from kg.server.serving import serve as run_server
    from kg.server.settings import MIB, Limits, Settings

    limits = Limits(
        seconds=timeout,
        memory=memory * MIB,
        client_seconds=client_seconds,
        client_rate=client_rate,
        client_requests=client_requests,
    )
    settings = Settings(
        host=host,
        port=port,
        token=token if writable else None,
        hosts=tuple(allow_host or ()),
        origins=tuple(cors or ()),
        services=tuple(service or ()),
        proxies=tuple(proxy or ()),
        limits=replace(limits, workers=workers) if workers else limits,
    )
    with log.open("a", encoding="utf-8") if log else nullcontext(sys.stderr) as stream:
        run_server(graph, settings, writable=writable, folder=scratch, log=stream)


@app.command()
def push(
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="http://user:password@host/…, a server or an endpoint.")],
    graph_store: Annotated[bool, typer.Option("--graph-store", help="By the graph store protocol, not by updates.")] = False,
    graph: Place = str(DEFAULT),
) -> int:
    """Put the graph on a SPARQL server, and see that it arrived; what is there already is not sent again."""
    from kg.server.pushing import push as put
    from kg.views.terminal import progress_bar

    with progress_bar() as progress:
        report = put(_open(graph).engine, endpoint, graph_store=graph_store, progress=progress)
    print(f"{report.graphs} graphs, {report.triples} triples: {report.sent} sent, {report.unchanged} unchanged, ", end="")
    print(f"{report.removed} removed")
    for line in report.differences:
        _warn(f"differs: {line}")
    print("verified" if not report.differences else "differs", report.digest)
    return 1 if report.differences else 0


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A graph folder, or as it was after a build: cooperation.kg@3.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another one, or the same at another time.")],
) -> int:
    """List the statements that differ between two graphs, or one at two times, and what caused it."""
    from kg.pipeline import diff as compare
    from kg.views.terminal import console, print_changes

    changes, entities = compare(old, new)
    print_changes(changes, entities, console())
    return 1 if changes else 0


@app.command()
def review(
    what: Annotated[ReviewKind, typer.Argument(help="Claims, or names that may be one.")] = ReviewKind.claims,
    sheet: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the claims to a sheet instead.")] = None,
    filled: Annotated[Path | None, typer.Option("--read", metavar="FILE", help="Take the verdicts of a sheet.")] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who judges; the user's name if left out.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also what was judged before.")] = False,
    graph: Folder = DEFAULT,
) -> None:
    """Judge claims one by one, or in a spreadsheet; or whether two names are one. What is decided goes to judgements.csv."""
    from kg.graph.review import read_reviews, record_judgements
    from kg.views.reviewing import judge_all_names, judge_claims
    from kg.views.sheets import read_sheet, write_sheet

    who, day = by or getpass.getuser(), date.today().isoformat()
    if sheet is not None:
        print(write_sheet((r for r in read_reviews(graph) if everything or r.judgement is None), sheet), sheet)
        return
    if filled is not None:
        judged = record_judgements(graph, read_sheet(filled, by=who, when=day))
    elif what is ReviewKind.names:
        judged = judge_all_names(graph, _prompt, print, by=who, when=day)
    else:
        judged = judge_claims(graph, _prompt, print, by=who, when=day, everything=everything)
    _apply(graph, judged)


@app.command()
def gaps(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE…]", help="Articles; else those of the graph.")] = None,
    graph: Folder = DEFAULT,
) -> None:
    """List the sentences that hold a word of cooperation and gave no claim, with the reason."""
    from kg.pipeline import read_gaps, recorded_gaps
    from kg.views.terminal import console, print_gaps

    print_gaps(read_gaps(sources, _warn) if sources else recorded_gaps(graph), console())


def _export(graph: str, form: ExportFormat, path: Path) -> None:
    from kg.graph.review import read_reviews
    from kg.graph.serialization import FORMATS, write_rdf
    from kg.views.exports import export as write_network
    from kg.views.sheets import write_judged

    if form is ExportFormat.jsonl_review:
        with path.open("w", encoding="utf-8", newline="\n") as lines:
            write_judged(read_reviews(Path(graph)), lines)
    elif form.value in FORMATS:
        with path.open("wb") as stream:
            write_rdf(_open(graph).engine, form.value, stream)
    else:
        write_network(_open(graph), form.value, path)


def _apply(graph: Path, judged: int) -> None:
    """Bring the store up to what was judged, and say how many decisions that were."""
    from kg.pipeline import refresh
    from kg.views.terminal import progress_bar

    if judged:
        with progress_bar() as progress:
            for note in refresh(graph, progress=progress).notes:
                _warn(note)
    print(f"{judged} 项判断 judgements recorded in {graph / 'judgements.csv'}")


def _prompt(text: str) -> str:
    """What is typed: one key where a key is asked for at a terminal, else a line; “q” at the end of the input."""
    print(text, file=sys.stderr, flush=True)
    if text.startswith("[") and sys.stdin.isatty():
        return typer.getchar()
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else "q"


def _open(place: str) -> Graph:
    from kg.server.remote import open_graph

    return open_graph(place)


def _ask(graph: Graph, question: str, given: dict[str, str]) -> tuple[Answer, tuple[str, ...]]:
    """The answer, and the names of the parameters, which tables need not repeat."""
    from kg.questions import load_questions, read_question

    if question in load_questions():
        asked = load_questions()[question]
    elif question == "-" or Path(question).suffix == ".rq" or Path(question).is_file():
        text = sys.stdin.read() if question == "-" else _read(Path(question))
        if not text.startswith("# title"):
            return graph.ask_sparql(text, given), ()
        asked = read_question(Path(question))
    else:
        return graph.answer(question, **given), ()
    return graph.ask(asked, given), tuple(parameter.name for parameter in asked.parameters)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: cannot be read: {error}") from error


def _pairs(texts: list[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise QueryError(f"“{text}” is no parameter: write -p name=value")
    return {key.strip(): _text(value.strip()) for key, _, value in (text.partition("=") for text in texts)}


def _text(argument: str) -> str:
    """An argument that is no path as what was typed: where the locale is not UTF-8, Python hands its bytes over undecoded."""
    return os.fsencode(argument).decode("utf-8", "replace")


def _warn(problem: KgError | str) -> None:
    from kg.views.text import one_line

    print(one_line(f"kg: {problem}"), file=sys.stderr)
