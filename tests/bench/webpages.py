"""The report as a web page through WeasyPrint, for comparison only: the same facts, fonts and archival format."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from products.reports.rendering import FONT_FILES, qr_code

STYLE = """
@font-face { font-family: Sans; src: url('%s');  }
@page { size: A4; margin: 25mm 19mm; @bottom-right { content: counter(page) ' / ' counter(pages); } }
body { font: 8pt Sans; } table { border-collapse: collapse; width: 100%%; margin: 4mm 0; }
th, td { border-bottom: 0.5pt solid #c6ced6; padding: 3pt; text-align: left; vertical-align: top; }
tr { break-inside: avoid; } thead { background: #eef2f5; } h1 { font-size: 22pt; } h2 { font-size: 12pt; }
small { color: #586473; } img { width: 32mm; }
"""


@cache
def fonts() -> FontConfiguration:
    """Loaded once, as the other engine's."""
    return FontConfiguration()


def page_of(data: dict[str, Any]) -> bytes:
    """The PDF."""
    content = HTML(string=html_of(data)).write_pdf(font_config=fonts(), pdf_variant="pdf/a-3a")
    assert content is not None
    return content


def html_of(data: dict[str, Any]) -> str:
    """Cover, summary, every result, evidence."""
    style = STYLE % FONT_FILES[0].as_uri()
    facts = table(["", ""], [[key, data[key].get("name_zh", "")] for key in ("customer", "applicant", "laboratory",
                                                                            "device", "edition")])
    summary = table(["类别 Category", "列入 Planned", "通过 Passed", "未通过 Failed"], [
        [f"{row['name_zh']} {row['name_en']}", row["planned"], row["passed"], row["failed"]]
        for row in data["categories"]])
    groups = "".join(f"<h2>{escape(group['name_zh'])}</h2>" + table(
        ["编号 Code", "测试项与要求 Item and requirement", "测量值 Values", "判定 Verdict", "测试版本 Tested on"],
        [result(row) for row in data["results"] if row["category"] == group["code"]]) for group in data["categories"])
    image = qr_code(data["report"]["address"]).decode()
    return (f"<html lang=zh><head><title>测试报告</title><style>{style}</style></head><body><h1>测试报告</h1>"
            f"<p>{escape(data['report']['number'])}</p>{image}{facts}<h2>结果汇总</h2>{summary}{groups}</body></html>")


def result(row: dict[str, Any]) -> list[Any]:
    """One item, with as many texts as ours prints."""
    values = "；".join(f"{value['name_zh']} {value['name_en']} {value['value']} {value['unit']} {value['limit'] or ''}"
                      for value in row["values"])
    item = f"{row['name_zh']} {row['requirement_zh']} {row['name_en']}. {row['requirement_en']}"
    tested_on = f"{row['hardware']} {row['firmware']} {row['performed_on']}"
    return [row["code"], item, values or "—", row["verdict"], tested_on]


def table(heads: list[str], rows: list[list[Any]]) -> str:
    """A table whose head repeats."""
    def cells(kind: str, row: list[Any]) -> str:
        return "<tr>" + "".join(f"<{kind}>{escape(str(cell))}</{kind}>" for cell in row) + "</tr>"

    body = "".join(cells("td", row) for row in rows)
    return f"<table><thead>{cells('th', heads)}</thead><tbody>{body}</tbody></table>"
