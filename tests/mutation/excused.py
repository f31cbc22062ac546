"""Checks that no test can miss, each with its reason."""

# Only a company has such rows, so whoever belongs to none would find none; the types of the query ask for the check.
NEVER_WITHOUT_COMPANY = "no row lacks a company"

EXCUSED: dict[str, str] = {
    "products/certification/selectors.py:certifications_visible_to: user.company_id": NEVER_WITHOUT_COMPANY,
    "products/devices/selectors/visibility.py:devices_visible_to: user.company_id is not None": NEVER_WITHOUT_COMPANY,
    "products/orders/selectors/orders.py:orders_visible_to: user.company_id is not None": NEVER_WITHOUT_COMPANY,
    "products/reports/selectors/reading.py:reports_visible_to: user.company_id": NEVER_WITHOUT_COMPANY,
    "products/webhooks/selectors.py:webhooks_visible_to: user.company_id is None": NEVER_WITHOUT_COMPANY,
}
