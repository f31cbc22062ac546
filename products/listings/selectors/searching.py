"""Answers a question to the directory: which listings, how many, with each facet's counts, cut into pages.

Three ways, each chosen by numbers that are known before it is gone:
- words, a company or dates: matches are read once, up to MOST_COUNTED, for counts and page;
- facets alone: counts come from the cube, the page from walking the order's index or from the few cells that fit;
- words that match more than is counted: the page from walking the order's index, counts are "at least".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from products.listings.querysets import Terms, normalise, terms_of
from products.listings.selectors.facets import Counts, Cube, Selections, by_part, counted, the_cube
from products.listings.selectors.paging import (
    DATES,
    DEFAULT_ORDERING,
    ORDERINGS,
    PAGE_SIZE,
    Edge,
    Page,
    cut,
    read_cursor,
)
from products.listings.selectors.register import listings_numbered
from products.listings.selectors.statements import (
    MOST_COUNTED,
    Condition,
    Found,
    among,
    bearing,
    besides,
    between,
    coded,
    count_and_cut,
    facts_of,
    held,
    matches,
    ranked,
    spoken,
    taken,
    walk,
)
from products.listings.states import FACETS

# Reading a row through the cells' index costs about twice a step along the order's.
GATHERED = 2
MOST_CELLS = 2000
# So many listings of one very model open a list of more matches than are counted.
MOST_BEARERS = 10
RELEVANCE = "relevance"


@dataclass(frozen=True)
class Question:
    """What the directory is asked; every part is valid already."""

    query: str = ""
    selections: Selections = field(default_factory=dict)
    company: int | None = None
    after: date | None = None
    before: date | None = None
    ordering: str = ""
    cursor: str | None = None
    size: int = PAGE_SIZE

    @property
    def is_narrowed(self) -> bool:
        """Whether something besides facets is asked."""
        return bool(terms_of(self.query).words or self.company or self.after or self.before)

    @property
    def order(self) -> str:
        """The order asked for: relevance where words are asked, newest first otherwise."""
        has_words = bool(terms_of(self.query).words)
        if self.ordering and (has_words or self.ordering != RELEVANCE):
            return self.ordering
        return RELEVANCE if has_words else DEFAULT_ORDERING


@dataclass(frozen=True)
class Answer:
    """The page with its facts; total and counts, each "at least" unless exact; the order that was possible."""

    page: Page
    total: int
    counts: dict[str, dict[str, int]]
    is_exact: bool
    is_total_exact: bool
    ordering: str
    without: dict[str, int] = field(default_factory=dict)


def answer(question: Question) -> Answer:
    """The answer from one version of the cube; raises CursorInvalid for a cursor of another order or none of ours."""
    cube = the_cube()
    edge = read_edge(question)
    return search(question, cube, edge) if question.is_narrowed else browse(question, cube, edge)


def read_edge(question: Question) -> Edge | None:
    """Where the page begins. A search by relevance with too many hits was ordered by date, which its cursor tells."""
    if not question.cursor:
        return None
    orderings = [question.order, *([DEFAULT_ORDERING] if question.order == RELEVANCE else [])]
    return read_cursor(question.cursor, *orderings)


def browse(question: Question, cube: Cube, edge: Edge | None) -> Answer:
    """Facets alone, or nothing: exact counts from the cube."""
    has_choice = any(question.selections.values())
    counts = counted(cube, cube.cells, question.selections) if has_choice else cube.everything
    rows = page_by_cells(question, cube, edge)
    return made(question, counts, rows, edge, order=question.order)


def page_by_cells(question: Question, cube: Cube, edge: Edge | None) -> list[tuple[Any, int]]:
    """The page's keys and ids, by the cheaper of two ways: along the order's index, or from the cells that fit."""
    most, order = question.size + 1, question.order
    choices = cube.choices(question.selections)
    if not choices:
        return walk([], ordering=order, edge=edge, most=most)
    fitting, total = cube.fitting(question.selections), cube.everything.total
    conditions: list[Condition] = []
    column = ORDERINGS[order][0]
    if column in DATES:
        window = years_needed(cube, fitting, order, edge, most)
        places = {cube.places["year"][str(year)] if year else 0 for year in window}
        where = FACETS["year"]
        fitting = {code: number for code, number in fitting.items() if code >> where.shift & where.mask in places}
        total = sum(cube.parts["year"].get(place, 0) for place in places)
        conditions = between(column, *bounds(column, window))
    if not fitting:
        return []
    matched = sum(fitting.values())
    if matched * matched * GATHERED < most * total and len(fitting) <= MOST_CELLS:
        return walk([coded(fitting), *conditions], ordering=order, edge=edge, most=most)
    return walk([*taken(choices.values()), *conditions], ordering=order, edge=edge, most=most)


def years_needed(cube: Cube, fitting: dict[int, int], order: str, edge: Edge | None, most: int) -> set[int | None]:
    """The years, beginning at the page's edge, that hold enough fitting listings to fill the page."""
    names = cube.values["year"]
    by_year = {int(names[place]) if place else None: number for place, number in by_part("year", fitting).items()}
    stated = sorted((year for year in by_year if year is not None), reverse=ORDERINGS[order][1])
    years: list[int | None] = [*stated, *([None] if None in by_year else [])]
    edge_year: int | None = None
    if edge:
        edge_year = None if edge.key in (date.min, date.max) else edge.key.year
        place = years.index(edge_year) if edge_year in years else len(years)
        years = years[: place + 1][::-1] if edge.backwards else years[place:]
    needed: set[int | None] = set()
    surely = 0
    for year in years:
        needed.add(year)
        # How many of the edge's own year lie beyond the edge is not known.
        surely += 0 if edge and year == edge_year else by_year[year]
        if surely >= most:
            break
    return needed


def bounds(column: str, years: set[int | None]) -> tuple[date | None, date | None]:
    """The first and last day of the years; what states none lies at the very end of the order's column."""
    stated = [year for year in years if year is not None]
    lowest = date(min(stated), 1, 1) if stated else None
    highest = date(max(stated), 12, 31) if stated else None
    if None in years:
        nowhere = date.min if column == "sort_date" else date.max
        return (nowhere, highest or nowhere) if column == "sort_date" else (lowest or nowhere, nowhere)
    return lowest, highest


def search(question: Question, cube: Cube, edge: Edge | None) -> Answer:
    """Words, a company, dates: counts and page from one reading, or "at least" beyond what is counted."""
    terms = terms_of(question.query)
    narrowed = narrowing(question)
    if numbered := listings_numbered(question.query):
        # A number that somebody bears means that one, not whatever else holds its letters.
        terms, narrowed = Terms([], [], []), [*narrowed, among(numbered)]
    order = edge.ordering if edge else question.order
    found = read(question, cube, edge, terms, narrowed, order=order)
    if not found.is_capped:
        counts = counted(cube, found.histogram, question.selections)
        return made(question, counts, found.rows, edge, order=order)
    return search_broadly(question, cube, edge, terms=terms, narrowed=narrowed, found=found, order=order)


def search_broadly(question: Question, cube: Cube, edge: Edge | None, *, terms: Terms, narrowed: list[Condition],
                   found: Found, order: str) -> Answer:
    """More matches than are counted: exact if the facets leave few, else "at least", with the very model first."""
    sample = counted(cube, found.histogram, question.selections)
    fitting = cube.fitting(question.selections)
    if any(question.selections.values()) and sum(fitting.values()) <= MOST_COUNTED and len(fitting) <= MOST_CELLS:
        few = read(question, cube, edge, terms, [*narrowed, coded(fitting)], order=order)
        exactly = replace(sample, total=sum(few.histogram.values()))
        return made(question, exactly, few.rows, edge, order=order, is_exact=False)
    narrowed = [*narrowed, *taken(cube.choices(question.selections).values())]
    by_relevance, order = question.order == RELEVANCE, DEFAULT_ORDERING if order == RELEVANCE else order
    first = bearers(question, narrowed) if by_relevance else []
    conditions = [*spoken(terms), *held(terms.beside), *narrowed, *besides(pk for _day, pk in first)]
    rows = walk(conditions, ordering=order, edge=edge, most=question.size + 1)
    rows = rows if edge else [*first, *rows][: question.size + 1]
    at_least = replace(sample, total=max(min(sample.total, MOST_COUNTED), len(rows)))
    return made(question, at_least, rows, edge, order=order, is_exact=False, is_total_exact=False)


def bearers(question: Question, conditions: list[Condition]) -> list[tuple[Any, int]]:
    """Days and ids of the newest listings whose model is what was asked; they open a list that is too long to rank."""
    source = bearing(normalise(question.query), conditions)
    return count_and_cut(source, key=Condition("e.sort_date"), facets=[], ordering=DEFAULT_ORDERING, edge=None,
                         most=min(question.size - 1, MOST_BEARERS)).rows


def narrowing(question: Question) -> list[Condition]:
    """The conditions besides words and facets; a range of dates leaves out what states none."""
    found = [Condition("e.company_id = %s", (question.company,))] if question.company else []
    if question.after or question.before:
        # The year 1 stands for no date at all.
        found += between("sort_date", question.after or date(1, 1, 2), question.before)
    return found


def read(question: Question, cube: Cube, edge: Edge | None, terms: Terms, conditions: list[Condition], *,
         order: str) -> Found:
    """Matches, counted and cut in one statement."""
    column = ORDERINGS[order][0]
    whole = normalise(question.query)
    key = ranked(whole, first_word(question.query)) if order == RELEVANCE else Condition(f"e.{column}")
    return count_and_cut(matches(terms, conditions), key=key, ordering=order, edge=edge, most=question.size + 1,
                         facets=taken(cube.choices(question.selections).values()))


def first_word(query: str) -> str:
    """The word that relevance is judged by where the whole is not found: people write what matters most first."""
    return next(word for word in map(normalise, query.split()) if word)


def made(question: Question, counts: Counts, rows: list[tuple[Any, int]], edge: Edge | None, *, order: str,
         is_exact: bool = True, is_total_exact: bool = True) -> Answer:
    """The answer with the facts of its page."""
    page = cut([pk for _key, pk in rows], rows, edge, order, question.size)
    return Answer(Page(facts_of(page.rows), page.next, page.previous), counts.total, counts.by_value, is_exact,
                  is_total_exact, order, counts.without)
