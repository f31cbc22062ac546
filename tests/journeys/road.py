"""The road of one order through the API, from the application to the decision; each step by whose part it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from products.management.demonstration.bench import REFERENCE
from products.management.demonstration.people import PASSWORD
from tests.journeys.clients import Api
from tests.journeys.site import wait_until

HARDWARE, FIRMWARE, FIXED = "V1.0", "2.0.0", "2.0.1"
SENSOR = {"bands": ["2.4GHz"], "phy": "802.11n", "wapi_modes": ["证书"], "measurand": ["温度"], "power": "电池",
          "built_in": "内置模块"}
REVIEW = ("papers", "scope", "capability", "impartiality", "agreement")
# What a measurement can be, by its unit.
VALUES = {"dBm": "-60"}
JUDGED = ("judged", "judged_with_values")
CAPTURE = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(16)


class Road:
    """One sensor's order; every method is one step, and fails where the site refuses it."""

    def __init__(self, people: Mapping[str, Api], model: str) -> None:
        self.people, self.model = people, model
        self.number = ""

    @property
    def order_path(self) -> str:
        return f"orders/{self.number}/"

    @property
    def order(self) -> Any:
        return self.people["vendor"].get(self.order_path)

    @property
    def rework_path(self) -> str:
        return f"rework/{self.people['lab'].get(f'{self.order_path}rework/')['results'][0]['number']}/"

    @property
    def report_path(self) -> str:
        mine = [row for row in self.people["lab"].get("reports/")["results"] if row["order"] == self.number]
        return f"reports/{mine[0]['id']}/"

    @property
    def report(self) -> Any:
        return self.people["lab"].get(self.report_path)

    def apply(self) -> None:
        """The vendor describes a device, declares its versions and submits."""
        vendor = self.people["vendor"]
        device = vendor.post("devices/", {"device_type": "SEN", "name_zh": "演示温度传感器", "model": self.model,
                                          "specification": SENSOR, "manufacturer": "演示传感科技有限公司"})
        order = vendor.post("orders/", {"device": device["id"], "hardware": HARDWARE, "firmware": FIRMWARE,
                                        "features": {"sleep": True}})
        self.number = order["number"]
        vendor.move(self.order_path, "submit", {"has_agreed": True})

    def accept(self) -> None:
        """Intake accepts and receives the sample."""
        lab = self.people["lab"]
        lab.move(self.order_path, "accept", {"review": dict.fromkeys(REVIEW, True)})
        lab.move(self.order_path, "receive-sample", {
            "serial_number": f"{self.model}-1", "hardware": HARDWARE, "firmware": FIRMWARE, "condition": "完好"})

    def record(self, failing: Collection[str] = (), firmware: str = FIRMWARE) -> list[int]:
        """The tester records every item that waits for a result; the ids of the records."""
        waiting = [row for row in self.people["lab"].get(f"{self.order_path}plan/")
                   if row["state"] in ("todo", "reconfirm") and row["result_type"] != "derived"]
        rows = [self._row(row, failing, firmware) for row in waiting]
        return [one["id"] for one in self.people["lab"].post(f"{self.order_path}attempts/", rows)]

    def _row(self, row: Any, failing: Collection[str], firmware: str) -> dict[str, Any]:
        verdict = "FAIL" if row["code"] in failing else "PASS"
        return {
            "item": row["code"], "verdict": verdict if row["result_type"] in JUDGED else None, "hardware": HARDWARE,
            "firmware": firmware, "tool": REFERENCE, "performed_at": datetime.now(UTC).isoformat(),
            "slot_version": row["slot_version"],
            "values": {one["key"]: {"value": (one["choices"] or [VALUES.get(one["unit"], "98")])[0],
                                    "unit": one["unit"] or ""}
                       for one in row["measurements"]},
        }

    def verify(self, attempts: list[int]) -> None:
        self.people["verifier"].post(f"{self.order_path}attempts/verify/", {"attempts": attempts})

    def send_finding(self, codes: Collection[str]) -> None:
        self.people["lab"].move(self.rework_path, "send", {
            "finding": "演示：丢弃一个分组后样机不再应答。", "finding_kind": "finding",
            "reasons": dict.fromkeys(codes, "RW-RT-03")})

    def answer(self) -> None:
        """The vendor explains, attaches a capture and names the fixed firmware."""
        capture = self.people["vendor"].upload("files/", "fixed.pcap", CAPTURE)
        self.people["vendor"].move(self.rework_path, "answer", {
            "cause": "演示：丢弃了重复的请求", "changes": "演示：应答重复的请求", "firmware": FIXED,
            "files": [capture["id"]]})

    def sign_scope(self, failed: Collection[str]) -> None:
        """The verifier keeps everything that did not fail."""
        plan = self.people["verifier"].get(f"{self.order_path}plan/")
        lines = [{"item": row["code"], "choice": "keep", "reason": "演示：改动与该项无关"} for row in plan
                 if row["state"] == "verified" and row["code"] not in failed and row["result_type"] != "derived"]
        self.people["verifier"].move(self.rework_path, "scope", {"lines": lines})

    def report_up_to_the_signature(self) -> None:
        self.people["lab"].post(f"{self.order_path}report/")
        self.people["verifier"].move(self.report_path, "check")

    def authorise(self) -> Any:
        return self.people["signatory"].move(self.report_path, "authorise", {"password": PASSWORD})

    def wait_for_issue(self, seconds: float = 240) -> Any:
        """The report once the worker has issued it."""
        wait_until(lambda: self.report["state"] == "issued", seconds=seconds, what="the report is issued")
        return self.report

    def grant(self) -> Any:
        """The reviewer recommends, the decision maker grants; the certification."""
        decider = self.people["decider"]
        path = f"{self.order_path}decision/"
        advice = decider.post(path, {"recommends_grant": True, "basis": decider.get(path)["basis"]})
        return decider.post(path, {"grant": True, "password": PASSWORD, "basis": decider.get(path)["basis"]},
                            version=advice["row_version"])
