"""Public reads of the API, one module per matter. Nobody needs to sign in."""

from products.directory.api.products import CompanyList, ProductDetail, ProductList
from products.directory.api.verification import Verify

__all__ = ["CompanyList", "ProductDetail", "ProductList", "Verify"]
