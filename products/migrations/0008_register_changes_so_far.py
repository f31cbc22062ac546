"""Writes the changes that listings went through before there was a feed: their listing, and the public steps since."""

from django.db import migrations

KINDS = {"suspended": "suspended", "withdrawn": "withdrawn", "cancelled": "cancelled", "expired": "expired",
         "superseded": "superseded"}
BATCH = 2000


def write_changes(apps, schema_editor):
    listing_model = apps.get_model("products", "Listing")
    change_model = apps.get_model("products", "ListingChange")
    event_model = apps.get_model("products", "CertificationEvent")
    batch = []
    for listing in listing_model.objects.order_by("updated_at", "id").iterator(chunk_size=BATCH):
        is_ours = listing.source == "tested_here"
        batch.append(change_model(
            listing=listing, kind="listed" if is_ours else "loaded", at=listing.updated_at,
            on=listing.listed_on if is_ours and listing.listed_on else listing.updated_at.date(),
            status="valid" if is_ours else None,
        ))
        if len(batch) == BATCH:
            change_model.objects.bulk_create(batch)
            batch = []
    change_model.objects.bulk_create(batch)
    events = event_model.objects.filter(certification__listing__isnull=False).exclude(state__in=["recommended", "refused"])
    granted = set()
    for event in events.select_related("certification").order_by("at", "id").iterator(chunk_size=BATCH):
        listing_id = event.certification.listing_id
        if listing_id not in granted:
            granted.add(listing_id)
            continue
        change_model.objects.create(
            listing_id=listing_id, kind=KINDS.get(event.state, "restored"), on=event.on, at=event.at,
            status=event.state, reason_zh=event.public_reason_zh, reason_en=event.public_reason_en,
        )


class Migration(migrations.Migration):
    dependencies = [("products", "0007_register_changes")]
    operations = [migrations.RunPython(write_changes, migrations.RunPython.noop)]
