"""The public addresses; those of listings, companies and verification are permanent."""

from django.urls import path

from products.directory import api, views

urlpatterns = [
    path("", views.directory, name="directory"),
    path("products/<slug:number>/", views.product_page, name="product"),
    path("compare/", views.comparison, name="compare"),
    path("companies/", views.company_list, name="companies"),
    path("companies/<slug:number>/", views.company_page, name="company"),
    path("changes/", views.changes_page, name="changes"),
    path("changes.atom", views.changes_feed, name="changes-feed"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap_index, name="sitemap"),
    path("sitemaps/pages.xml", views.sitemap_pages, name="sitemap-pages"),
    path("sitemaps/products-<int:number>.xml", views.sitemap_products, name="sitemap-products"),
    path("sitemaps/companies-<int:number>.xml", views.sitemap_companies, name="sitemap-companies"),
    path("verify/", views.verify, name="verify"),
    path("verify/file/", views.verify_file, name="verify-file"),
    path(".well-known/jwks.json", views.published_keys, name="published-keys"),
    path("v/<str:code>/", views.verification, name="verification"),
    path("v/<str:code>/report.pdf", views.verified_pdf, name="verified-pdf"),
]
api_patterns = [
    path("products/", api.ProductList.as_view(), name="api-products"),
    path("products/<slug:number>/", api.ProductDetail.as_view(), name="api-product"),
    path("companies/", api.CompanyList.as_view(), name="api-companies"),
    path("changes/", api.ChangeFeed.as_view(), name="api-changes"),
    path("verify/", api.VerifyFile.as_view(), name="api-verify-file"),
    path("verify/<str:code>/", api.Verify.as_view(), name="api-verify"),
    path("verify/<str:code>/signed/", api.VerifySigned.as_view(), name="api-verify-signed"),
]
