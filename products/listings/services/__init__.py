"""Lists devices, moves and renames what is listed; keeps, rebuilds and checks the directory's index."""

from products.listings.services.addresses import redirect_address
from products.listings.services.indexing import index_listings, publish_changes, raise_version
from products.listings.services.listing import (
    chain_of,
    follow_report,
    list_device,
    rename_company,
    set_listing_status,
)
from products.listings.services.rebuilding import Drift, find_drift, rebuild_directory

__all__ = ["Drift", "chain_of", "find_drift", "follow_report", "index_listings", "list_device", "publish_changes",
           "raise_version", "rebuild_directory", "redirect_address", "rename_company", "set_listing_status"]
