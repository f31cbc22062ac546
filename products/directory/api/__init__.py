"""Public reads of the API, one module per matter. Nobody needs to sign in."""

from products.directory.api.changes import ChangeFeed
from products.directory.api.products import CompanyList, ProductDetail, ProductList
from products.directory.api.verification import Verify, VerifyFile, VerifySigned

__all__ = [
    "ChangeFeed",
    "CompanyList",
    "ProductDetail",
    "ProductList",
    "Verify",
    "VerifyFile",
    "VerifySigned",
]
