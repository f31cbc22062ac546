"""Finds whom an act concerns, and what the words of the notice need."""

from products.notifications.selectors.audiences import people_to_tell
from products.notifications.selectors.matters import Matter, matter_of

__all__ = ["Matter", "matter_of", "people_to_tell"]
