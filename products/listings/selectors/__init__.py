"""Reads the public register: search, facets with counts, pages cut by key."""

from products.listings.selectors.companies import companies_listed
from products.listings.selectors.facets import Counts, Cube, counted, the_cube
from products.listings.selectors.nearest import nearest_models
from products.listings.selectors.paging import DEFAULT_ORDERING, ORDERINGS, PAGE_SIZE, Page, page_of
from products.listings.selectors.register import (
    directory_tag,
    directory_version,
    fitting_among,
    listing_numbered,
    listing_tag,
    listings_like,
    listings_public,
)
from products.listings.selectors.searching import Answer, Question, answer
from products.listings.selectors.statements import MOST_COUNTED, facts_of

__all__ = [
    "DEFAULT_ORDERING", "MOST_COUNTED", "ORDERINGS", "PAGE_SIZE", "Answer", "Counts", "Cube", "Page", "Question",
    "answer", "companies_listed", "counted", "directory_tag", "directory_version", "facts_of", "fitting_among",
    "listing_numbered", "listing_tag", "listings_like", "listings_public", "nearest_models", "page_of", "the_cube",
]
