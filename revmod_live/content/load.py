"""Reads the data files into a `Content`, checking everything on the way.

Owns the format of the files in `content/data/`. Called once, by the application.
Must not know anything but the package's own files.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Final

from revmod_live.content.edition import FRAMES, Edition, Known, read_edition
from revmod_live.content.library import read_library
from revmod_live.content.model import (
    LANGUAGES,
    STATEMENT_KINDS,
    STEP_NAMES,
    STEPS,
    Article,
    Cluster,
    Content,
    DemoState,
    Instrument,
    Layout,
    Question,
    Statement,
    Step,
)
from revmod_live.content.table import Table, read_table
from revmod_live.errors import Malformed
from revmod_live.ids import InstrumentCode, StateCode, StepLetter

SAMPLES: Final = "samples.toml"

ReadFile = Callable[[str], str]
"""The text of a data file, by its name."""


def load(read_file: ReadFile | None = None) -> Content:
    """All that the mechanism prescribes, from the package's data files.

    read_file: for tests and imports, other files by the same names.
    Raises Malformed with the file and the place in it.
    """
    read = read_file or _packaged
    instruments = _instruments(_open("instruments.toml", read))
    codes = tuple(instrument.code for instrument in instruments)
    questions = _questions(_open("questions.toml", read))
    return Content(
        all_instruments=instruments,
        clusters=_clusters(_open("articles.toml", read), codes),
        steps=_steps(_open("steps.toml", read), questions),
        questions=questions,
        demo_states=_demo_states(_open("demo_states.toml", read), codes),
        library=read_library(_open("library.toml", read)),
    )


def known(content: Content) -> Known:
    """What a file of the secretariat is held to: the articles and fields that there are."""
    fields: dict[str, frozenset[str]] = {}
    article_fields: dict[str, frozenset[str]] = {}
    for frame in FRAMES:
        step = next(step for step in content.steps if step.name == frame)
        fields[frame] = frozenset(
            f"{line.name}.{field}" for line in step.layout if line.name for field in line.fields
        )
        article_fields[frame] = frozenset(
            field for line in step.layout if line.name is None for field in line.fields
        )
    return Known(
        clusters=frozenset(cluster.number for cluster in content.clusters),
        articles=frozenset(
            (code, article.number)
            for cluster in content.clusters
            for code, articles in cluster.articles.items()
            for article in articles
        ),
        fields=fields,
        article_fields=article_fields,
        taken=frozenset(
            field
            for step in content.steps
            if step.name != "questionnaire"
            for line in step.layout
            for field in line.fields
        ),
    )


def samples() -> str:
    """The package's own file of samples, which is also the pattern for the official texts."""
    return _packaged(SAMPLES)


def sample_edition(content: Content) -> Edition:
    """The samples that stand in for the official texts. Raises Faulty."""
    return read_edition(samples().encode(), file=SAMPLES, known=known(content))


def _packaged(name: str) -> str:
    return files("revmod_live.content").joinpath("data", name).read_text(encoding="utf-8")


def _open(name: str, read: ReadFile) -> Table:
    try:
        return read_table(tomllib.loads(read(name)), place=name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"not TOML: {error}"
        raise Malformed(message, place=name) from error


def _instruments(table: Table) -> tuple[Instrument, ...]:
    instruments = tuple(
        Instrument(InstrumentCode(row.name("code")), row.text("message"), row.text("title"))
        for row in table.rows("instrument")
    )
    table.done()
    _only_once([instrument.code for instrument in instruments], table)
    return instruments


def _clusters(table: Table, codes: Sequence[InstrumentCode]) -> tuple[Cluster, ...]:
    clusters = tuple(_cluster(row, codes) for row in table.rows("cluster"))
    table.done()
    _only_once([cluster.number for cluster in clusters], table)
    _only_once([cluster.phase for cluster in clusters], table)
    for code in codes:
        numbers = [article.number for cluster in clusters for article in cluster.articles.get(code, ())]
        _only_once(numbers, table)
    return clusters


def _cluster(row: Table, codes: Sequence[InstrumentCode]) -> Cluster:
    by_instrument = row.table("articles")
    articles = {code: _articles(by_instrument.table(code)) for code in codes if code in by_instrument}
    by_instrument.done()
    cluster = Cluster(
        row.number("number"), row.number("phase"), row.text("message"), row.text("title"), articles
    )
    row.done()
    return cluster


def _articles(table: Table) -> tuple[Article, ...]:
    articles = []
    for key in table.names_within():
        if not (key.isascii() and key.isdigit()):
            raise table.error(f"not the number of an article: {key!a}")
        if table.is_text(key):
            articles.append(Article(int(key), table.text(key)))
            continue
        row = table.table(key)
        articles.append(Article(int(key), row.text("title"), unless_uncac=row.flag("unless_uncac")))
        row.done()
    return tuple(sorted(articles, key=lambda article: article.number))


def _questions(table: Table) -> tuple[Question, ...]:
    questions = tuple(
        Question(row.name("id"), row.text("text"), is_sample=row.flag("sample"))
        for row in table.rows("question")
    )
    table.done()
    _only_once([question.id for question in questions], table)
    return questions


def _steps(table: Table, questions: Sequence[Question]) -> tuple[Step, ...]:
    steps = tuple(_step(row, questions) for row in table.rows("step"))
    table.done()
    if tuple(step.letter for step in steps) != STEPS:
        raise table.error(f"the steps are not {', '.join(STEPS)}, in this order")
    return steps


def _step(row: Table, questions: Sequence[Question]) -> Step:
    letter = StepLetter(row.name("letter"))
    if STEP_NAMES.get(letter) != row.name("name"):
        raise row.error("the name is not the one of this step")
    layout = tuple(_layout(line, questions) for line in row.rows("sections"))
    _only_once([line.name for line in layout], row)
    step = Step(
        letter,
        STEP_NAMES[letter],
        row.number("default_days"),
        row.number("most_days") if "most_days" in row else None,
        layout,
    )
    row.done()
    return step


def _layout(line: Table, questions: Sequence[Question]) -> Layout:
    if "fields_from" in line:
        if line.text("fields_from") != "questions":
            raise line.error("fields come from nothing but questions")
        fields = tuple(question.id for question in questions)
    else:
        fields = line.names("fields")
    _only_once(fields, line)
    if not fields:
        raise line.error("a section without fields")
    if "each" in line:
        if line.text("each") != "article":
            raise line.error("there is a section for each article, and for nothing else")
        layout = Layout(None, fields)
    else:
        layout = Layout(line.name("name"), fields)
    line.done()
    return layout


def _demo_states(table: Table, codes: Sequence[InstrumentCode]) -> tuple[DemoState, ...]:
    states = tuple(_demo_state(row, codes) for row in table.rows("state"))
    table.done()
    _only_once([state.code for state in states], table)
    return states


def _demo_state(row: Table, codes: Sequence[InstrumentCode]) -> DemoState:
    by_language = row.table("names")
    names: Mapping[str, str] = {language: by_language.text(language) for language in LANGUAGES}
    by_language.done()
    party_to = frozenset(InstrumentCode(code) for code in row.names("party_to"))
    if not party_to <= set(codes):
        raise row.error("party to an instrument that is not there")
    state = DemoState(
        StateCode(row.text("code")),
        names,
        party_to,
        uncac_party=row.flag("uncac"),
        statements=_statements(row, party_to),
    )
    row.done()
    return state


def _statements(row: Table, party_to: frozenset[InstrumentCode]) -> tuple[Statement, ...]:
    if "statements" not in row:
        return ()
    found = []
    for line in row.rows("statements"):
        statement = Statement(
            InstrumentCode(line.name("instrument")),
            line.name("kind"),
            line.name("language"),
            line.text("text"),
        )
        if statement.kind not in STATEMENT_KINDS or statement.language not in LANGUAGES:
            raise line.error("neither a reservation nor a declaration, or in no official language")
        if statement.instrument not in party_to:
            raise line.error("a statement to an instrument that the State is not party to")
        found.append(statement)
    return tuple(found)


def _only_once(values: Sequence[object], table: Table) -> None:
    for at, value in enumerate(values):
        if value in values[:at]:
            raise table.error(f"twice: {value}")
