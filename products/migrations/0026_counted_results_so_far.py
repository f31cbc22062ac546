"""Counts what was tested, and adds up the days that orders spent in their stages, before there were tables for it."""

from collections import defaultdict
from zoneinfo import ZoneInfo

from django.db import migrations

HERE = ZoneInfo("Asia/Shanghai")
BATCH = 2000


def count_results(apps, schema_editor):
    model = {name: apps.get_model("products", name)
             for name in ("Attempt", "AttemptAct", "FirstTests", "FailedItem", "Order")}
    first_tests, failed_items = [], []
    for order in model["Order"].objects.order_by("pk").values_list("pk", flat=True):
        acts, first, failed, passed = defaultdict(set), {}, defaultdict(list), set()
        for attempt, kind in model["AttemptAct"].objects.filter(attempt__plan_item__order=order).values_list(
                "attempt_id", "kind"):
            acts[attempt].add(kind)
        rows = model["Attempt"].objects.filter(plan_item__order=order, verdict__in=["PASS", "FAIL"])
        for pk, item, code, version, at, verdict in rows.order_by("plan_item_id", "ordinal", "revision").values_list(
                "pk", "plan_item_id", "plan_item__code", "version_id", "recorded_at", "verdict"):
            if "verified" not in acts[pk] or acts[pk] & {"superseded", "invalidated"}:
                continue
            day = at.astimezone(HERE).date()
            first.setdefault(item, (day, verdict == "PASS"))
            if verdict == "PASS":
                passed.add((item, version))
            else:
                failed[item, code, day].append(version)
        days = defaultdict(list)
        for day, has_passed in first.values():
            days[day].append(has_passed)
        first_tests += [model["FirstTests"](order_id=order, day=day, tests=len(passes), passes=sum(passes))
                        for day, passes in days.items()]
        failed_items += [model["FailedItem"](
            order_id=order, plan_item_id=item, code=code, day=day, tests=len(versions),
            is_flaky=any((item, version) in passed for version in versions),
        ) for (item, code, day), versions in failed.items()]
    model["FirstTests"].objects.bulk_create(first_tests, batch_size=BATCH)
    model["FailedItem"].objects.bulk_create(failed_items, batch_size=BATCH)


def add_up_stages(apps, schema_editor):
    entry, made = apps.get_model("members", "Entry"), []
    stage_time = apps.get_model("products", "StageTime")
    for pk, number in apps.get_model("products", "Order").objects.order_by("pk").values_list("pk", "number"):
        sums, last = defaultdict(lambda: [0, 0]), None
        for at, after in entry.objects.filter(chain=f"order:{number}", object_type="order").order_by(
                "sequence").values_list("at", "after"):
            if "stage" not in after:
                continue
            here = after["stage"], after["turn"]
            if last and here != last[1]:
                stage, turn = last[1]
                if turn != "nobody":
                    sums[stage][turn == "vendor"] += max(0, round((at - last[0]).total_seconds()))
            if last is None or here != last[1]:
                last = at, here
        made += [stage_time(order_id=pk, stage=stage, alliance_seconds=alliance, vendor_seconds=vendor)
                 for stage, (alliance, vendor) in sums.items()]
    stage_time.objects.bulk_create(made, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("members", "0006_people_duties"), ("products", "0025_counted_results")]
    operations = [migrations.RunPython(count_results, migrations.RunPython.noop),
                  migrations.RunPython(add_up_stages, migrations.RunPython.noop)]
